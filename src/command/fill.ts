// The command `fill`: a template's file, with file IDs from the manifest in the place of paths.
import { basename, dirname, resolve } from 'node:path';
import { judgeContent, type Judgement } from '../assets/judge.ts';
import { findRealPath, writeAtomically } from '../files/file-system.ts';
import { readRegularFile } from '../files/open-file.ts';
import { toRepositoryPath } from '../files/paths.ts';
import { type Manifest, MAX_MANIFEST_BYTES, parseManifest } from '../manifest/manifest.ts';
import { describeError, StepError } from '../text/errors.ts';
import { formatSafeJson, neutralise, quoteValue } from '../text/text.ts';
import { fillTemplate, listHandles, type Samples } from './template.ts';

/** Paths are relative to the current directory, which plays the repository. */
export interface FillOptions {
  readonly template: string;
  readonly manifest: string;
  /** Where the result is written; without it, it is printed. */
  readonly out: string | undefined;
  readonly print: (text: string) => void;
}

/**
 * Fills a template in and prints it, or writes it to a file.
 * @throws {StepError} with everything that is in the way, and nothing is printed or written
 */
export async function runFill(options: FillOptions): Promise<void> {
  const { template: place, manifest: manifestPlace, out, print } = options;
  // Two names of one file may differ by links.
  const replaced = out === undefined ? undefined : findRealPath(out);
  for (const read of [place, manifestPlace]) {
    if (out !== undefined && replaced !== undefined && findRealPath(read) === replaced)
      throw describeUnwritable(out, `it would replace ${quoteValue(read)}`);
  }
  const template = readTemplate(place);
  const manifest = readManifest(manifestPlace);
  const filling = fillTemplate(template, {
    manifest,
    place: manifestPlace,
    contents: await readContents(listHandles(template), manifest),
    now: Date.now(),
  });
  if ('faults' in filling) {
    const lines = filling.faults.map((fault) => `\n  ${fault}`);
    const message = `The template ${quoteValue(place)} cannot be filled in:${lines.join('')}`;
    throw new StepError('template-unfilled', message);
  }
  const text = formatSafeJson(filling.filled);
  if (out === undefined) print(text);
  else await writeResult(out, text);
}

/** What TypeScript's own description of JSON lacks yet. */
interface SourceJson {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(source: string): unknown;
}

/** Reads a template; numbers keep their digits, as the number of an existing template may have more than fit. */
function readTemplate(place: string): unknown {
  const { parse, rawJSON } = JSON as unknown as SourceJson;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readRegularFile(place, MAX_MANIFEST_BYTES));
    return parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
    );
  } catch (error) {
    const remedy = 'Give the path of a JSON file in UTF-8, from the current directory on.';
    const message = `The template ${quoteValue(place)} cannot be read: ${neutralise(describeUnparsed(error))}. ${remedy}`;
    throw new StepError('template-unreadable', message, { cause: error });
  }
}

/** Of a text that is no JSON nothing is shown: a link may have led to another file than was meant. */
function describeUnparsed(error: unknown): string {
  return error instanceof SyntaxError
    ? `it is not valid JSON${/ at position .*$/s.exec(error.message)?.[0] ?? ''}`
    : describeError(error);
}

function readManifest(place: string): Manifest {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(place, MAX_MANIFEST_BYTES);
  } catch (error) {
    const remedy =
      'Run the command at the root of the repository, name the file by `--manifest`, or upload the assets first.';
    const message = `The manifest ${quoteValue(place)} cannot be read: ${neutralise(describeError(error))}. ${remedy}`;
    throw new StepError('manifest-missing', message, { cause: error });
  }
  return parseManifest(bytes, place);
}

/** Of the assets that a template names, the files that are there: a pipeline may hold the manifest alone. */
async function readContents(handles: readonly string[], manifest: Manifest): Promise<Samples['contents']> {
  const contents: [string, Judgement][] = [];
  for (const path of new Set(handles)) {
    const entry = manifest.get(path);
    const file = entry === undefined ? undefined : findRealPath(path);
    if (entry === undefined || file === undefined) continue;
    contents.push([path, await judgeContent({ path, type: entry.type, file, isLink: false }, 'off')]);
  }
  return new Map(contents);
}

async function writeResult(out: string, text: string): Promise<void> {
  const file = resolve(out);
  const inside = toRepositoryPath(process.cwd(), file);
  try {
    // Below the current directory no link may lead elsewhere.
    if (inside === undefined) await writeAtomically(dirname(file), basename(file), text);
    else await writeAtomically(process.cwd(), inside, text);
  } catch (error) {
    throw describeUnwritable(out, neutralise(describeError(error)), error);
  }
}

function describeUnwritable(out: string, what: string, cause?: unknown): StepError {
  const message = `The filled template could not be written to ${quoteValue(out)}: ${what}. Give \`--out\` another path.`;
  return new StepError('template-unwritable', message, { cause });
}
