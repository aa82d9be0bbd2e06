// The manifest, version 1: its shape, its parser and its canonical text. `manifest.schema.json` says the same.
import { isUtf8 } from 'node:buffer';
import { parseLfsPointer } from '../assets/lfs-pointer.ts';
import { StepError } from '../text/errors.ts';
import { compareCodeUnits } from '../text/text.ts';
import { JsonFault, JsonParser } from './json-parser.ts';
import { ENTRY_FIELDS, type ManifestEntry } from './manifest-entry.ts';

export type { ManifestEntry } from './manifest-entry.ts';

/** Repository-relative POSIX path → entry. */
export interface Manifest extends ReadonlyMap<string, ManifestEntry> {
  /** What editors find the file's description by, where the file names one. */
  readonly schema?: string;
}

/** A manifest to be changed. */
export function copyManifest(manifest: Manifest): Map<string, ManifestEntry> & Manifest {
  const { schema } = manifest;
  return Object.assign(new Map(manifest), schema === undefined ? {} : { schema });
}

/** A manifest that is present but cannot be used. It never means "upload everything". */
export class UnreadableManifest extends StepError {}

/** Largest manifest that is read, in bytes: what one commit can carry. */
export const MAX_MANIFEST_BYTES = 28 * 1024 * 1024;

const REMEDY =
  'Restore it from git, or run once with `force: true` to upload every asset again and start afresh.';

const IN_LFS = 'it is kept in Git LFS, and only its pointer is there';
const LFS = {
  code: 'manifest-in-lfs',
  remedy:
    'Exclude it from Git LFS: add its path with `!filter !diff !merge` as the last line of .gitattributes, and commit it again.',
};

/** The manifest in these bytes; `place` names it in errors. Throws an `UnreadableManifest` with the remedy. */
export function parseManifest(bytes: Uint8Array, place: string): Manifest {
  return parseManifestText(decodeManifest(bytes, place), place);
}

/** A manifest's text with its byte order mark; throws an `UnreadableManifest` when it is none. */
export function decodeManifest(bytes: Uint8Array, place: string): string {
  refuseOversize(bytes.byteLength, place);
  if (!isUtf8(bytes)) throw describeUnreadable(place, 'it is not UTF-8 text');
  if (
    parseLfsPointer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes.byteLength) !==
    undefined
  )
    throw describeUnreadable(place, IN_LFS, LFS);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Throws an `UnreadableManifest` for one of more than `MAX_MANIFEST_BYTES`, which is not read at all. */
export function refuseOversize(size: number, place: string): void {
  if (size <= MAX_MANIFEST_BYTES) return;
  const what = `it has ${size} bytes; at most ${MAX_MANIFEST_BYTES} (28 MiB) are read`;
  throw describeUnreadable(place, what, { code: 'manifest-too-large' });
}

/** The error for a manifest that cannot be read; `what` is the rest of a sentence. */
export function describeUnreadable(
  place: string,
  what: string,
  { code = 'manifest-unreadable', remedy = REMEDY } = {},
): UnreadableManifest {
  return new UnreadableManifest(code, `The manifest ${place} cannot be read: ${what}. ${remedy}`);
}

/** Why no run could read a manifest of this text, or undefined when its size is no hindrance. */
export function findSizeFault(text: string): string | undefined {
  const size = Buffer.byteLength(text);
  if (size <= MAX_MANIFEST_BYTES) return undefined;
  return `it would have ${size} bytes, and no run reads more than ${MAX_MANIFEST_BYTES} (28 MiB); spread the assets over several manifests`;
}

/**
 * As `parseManifest`, from its text: whoever needs both has a large manifest in memory once. It is parsed entry by entry,
 * so that what is no manifest takes no room, however large it is.
 */
export function parseManifestText(text: string, place: string): Manifest {
  const source = text.replace(/^\ufeff/, '');
  const json = new JsonParser(source);
  const fail: Fail = (what, options) => {
    throw describeUnreadable(place, what, options);
  };
  if (source.trim() === '') fail('it is empty');
  const marker = /^(?:<{7}|>{7})(?: |$)/m.exec(source);
  if (marker !== null) {
    const what = `it has merge conflict markers (${json.locate(marker.index)})`;
    const remedy = 'Resolve the conflict: keep the entries of both sides, they are one per path.';
    fail(what, { code: 'manifest-conflict', remedy });
  }
  try {
    return parseFields(json, fail);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return fail(`it is not valid JSON (${error.message})`);
  }
}

/** Throws the `UnreadableManifest` that says what is wrong. */
type Fail = (what: string, options?: { code?: string; remedy?: string }) => never;

function failTwice(json: JsonParser, fail: Fail, key: string, index: number): never {
  const what = `the key ${JSON.stringify(key)} stands twice (${json.locate(index)})`;
  return fail(what, { code: 'manifest-duplicate-key', remedy: `Keep one of the two. ${REMEDY}` });
}

function parseFields(json: JsonParser, fail: Fail): Manifest {
  const known = new Map<string, unknown>();
  let extra: string | undefined;
  const isObject = json.parseObject((key, index) => {
    if (known.has(key)) failTwice(json, fail, key, index);
    if (key === 'assets') known.set(key, parseAssets(json, fail));
    else if (key === 'version' || key === '$schema') known.set(key, json.parseValue());
    else {
      extra ??= key;
      json.parseValue();
    }
  });
  json.expectEnd();
  if (!isObject) fail('it is not a JSON object');
  checkVersion(known.get('version'), fail);
  if (extra !== undefined) fail(`it has an unknown field ${JSON.stringify(extra)}`);
  const schema = known.get('$schema');
  if (schema !== undefined && typeof schema !== 'string') fail('`$schema` is not a string');
  const assets = known.get('assets');
  // What is wrong in them is told last: another version may write them otherwise.
  if (assets instanceof UnreadableManifest) throw assets;
  if (!(assets instanceof Map)) return fail('`assets` is not an object');
  return Object.assign(assets, schema === undefined ? {} : { schema });
}

function checkVersion(version: unknown, fail: Fail): void {
  if (version === 1) return;
  if (version === undefined) fail('it has no `version`, so it may be another file: check `manifest-path`');
  const shown = typeof version === 'number' ? version : 'not a number';
  const remedy = `A newer release of the action may have written it: use that release. ${REMEDY}`;
  fail(`its version is ${shown}; this release reads version 1`, { code: 'manifest-version', remedy });
}

/** The entries, or the first that is wrong with them; undefined when there is no object. */
function parseAssets(
  json: JsonParser,
  fail: Fail,
): Map<string, ManifestEntry> | UnreadableManifest | undefined {
  const start = json.position;
  const assets = new Map<string, ManifestEntry>();
  try {
    const isObject = json.parseObject((path, index) => {
      if (assets.has(path)) failTwice(json, fail, path, index);
      assets.set(path, parseEntry(json, fail, path));
    });
    return isObject ? assets : undefined;
  } catch (error) {
    if (!(error instanceof UnreadableManifest)) throw error;
    json.position = start;
    json.parseValue();
    return error;
  }
}

function parseEntry(json: JsonParser, fail: Fail, path: string): ManifestEntry {
  const failHere = (fault: string): never => fail(`assets[${JSON.stringify(path)}]${fault}`);
  if (!isRepositoryPath(path)) failHere(' is not a repository-relative path');
  const entry: Record<string, unknown> = {};
  const isObject = json.parseObject((key, index) => {
    if (!Object.hasOwn(ENTRY_FIELDS, key)) failHere(` has an unknown field ${JSON.stringify(key)}`);
    if (Object.hasOwn(entry, key)) failTwice(json, fail, key, index);
    entry[key] = json.parseValue();
  });
  if (!isObject) failHere(' is not an object');
  for (const [key, findFault] of Object.entries(ENTRY_FIELDS)) {
    const fault = findFault(entry[key]);
    if (fault !== undefined) failHere(`.${key} is wrong: ${fault}`);
  }
  return entry as unknown as ManifestEntry;
}

/** Whether a string can be the path of a file of the repository: relative, POSIX, without empty, `.` or `..` parts. */
export function isRepositoryPath(path: string): boolean {
  return !/\0|(?:^|\/)\.{0,2}(?:\/|$)/.test(path);
}

/** The canonical text: two-space JSON, `$schema` first, paths in code-unit order, fields in the order of the type, LF, final newline. */
export function serializeManifest(manifest: Manifest): string {
  const entries = [...manifest].sort(([a], [b]) => compareCodeUnits(a, b));
  const lines = entries.map(([path, entry]) => {
    const fields = JSON.stringify(entry, Object.keys(ENTRY_FIELDS), 2).replaceAll('\n', '\n    ');
    return `    ${JSON.stringify(path)}: ${fields}`;
  });
  const assets = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  const schema = manifest.schema === undefined ? '' : `\n  "$schema": ${JSON.stringify(manifest.schema)},`;
  return `{${schema}\n  "version": 1,\n  "assets": ${assets}\n}\n`;
}

/** Whether two entries say the same, field by field. */
export function isSameEntry(a: ManifestEntry | undefined, b: ManifestEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (Object.keys(ENTRY_FIELDS) as (keyof ManifestEntry)[]).every((key) => a[key] === b[key]);
}
