// The manifest, version 1: its shape, its parser and its canonical text. `manifest.schema.json` says the same.
import { isUtf8 } from 'node:buffer';
import { StepError } from '../text/errors.ts';
import { compareCodeUnits } from '../text/text.ts';
import { JsonFault, JsonReader } from './json-reader.ts';
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

/** The manifest in these bytes; `place` names it in errors. Throws an `UnreadableManifest` with the remedy. */
export function parseManifest(bytes: Uint8Array, place: string): Manifest {
  return parseManifestText(decodeManifest(bytes, place), place);
}

/** A manifest's text with its byte order mark; throws an `UnreadableManifest` when it is too large or not UTF-8. */
export function decodeManifest(bytes: Uint8Array, place: string): string {
  if (bytes.byteLength > MAX_MANIFEST_BYTES)
    throw new UnreadableManifest('manifest-too-large', describeOversize(place, bytes.byteLength));
  if (!isUtf8(bytes))
    throw new UnreadableManifest('manifest-unreadable', describeUnreadable(place, 'it is not UTF-8 text'));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** As `parseManifest`, from its text: whoever needs both has a large manifest in memory once. */
export function parseManifestText(text: string, place: string): Manifest {
  return new ManifestParser(text.replace(/^\ufeff/, ''), place).parse();
}

function describeUnreadable(place: string, what: string, remedy = REMEDY): string {
  return `The manifest ${place} cannot be read: ${what}. ${remedy}`;
}

/** The message for a manifest of more than `MAX_MANIFEST_BYTES`, which is not read at all. */
export function describeOversize(place: string, size: number): string {
  return describeUnreadable(place, `it has ${size} bytes; at most ${MAX_MANIFEST_BYTES} (28 MiB) are read`);
}

/** Why no run could read a manifest of this text, or undefined when its size is no hindrance. */
export function findSizeFault(text: string): string | undefined {
  const size = Buffer.byteLength(text);
  if (size <= MAX_MANIFEST_BYTES) return undefined;
  return `it would have ${size} bytes, and no run reads more than ${MAX_MANIFEST_BYTES} (28 MiB); spread the assets over several manifests`;
}

/** Reads entry by entry, so that what is no manifest takes no room, however large it is. */
class ManifestParser {
  readonly #text: string;
  readonly #place: string;
  readonly #reader: JsonReader;

  constructor(text: string, place: string) {
    this.#text = text;
    this.#place = place;
    this.#reader = new JsonReader(text);
  }

  /** @throws {UnreadableManifest} */
  parse(): Manifest {
    if (this.#text.trim() === '') return this.#fail('it is empty');
    const marker = /^(?:<{7}|>{7})(?: |$)/m.exec(this.#text);
    if (marker !== null) {
      const what = `it has merge conflict markers (${this.#reader.locate(marker.index)})`;
      const remedy = 'Resolve the conflict: keep the entries of both sides, they are one per path.';
      return this.#fail(what, { code: 'manifest-conflict', remedy });
    }
    try {
      return this.#readManifest();
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      return this.#fail(`it is not valid JSON (${this.#reader.locate(error.index)})`);
    }
  }

  #fail(what: string, { code, remedy } = { code: 'manifest-unreadable', remedy: REMEDY }): never {
    throw new UnreadableManifest(code, describeUnreadable(this.#place, what, remedy));
  }

  #failTwice(key: string, index: number): never {
    const what = `the key ${JSON.stringify(key)} stands twice (${this.#reader.locate(index)})`;
    this.#fail(what, { code: 'manifest-duplicate-key', remedy: `Keep one of the two. ${REMEDY}` });
  }

  #readManifest(): Manifest {
    const known = new Map<string, unknown>();
    let extra: string | undefined;
    const isObject = this.#reader.readObject((key, index) => {
      if (known.has(key)) this.#failTwice(key, index);
      if (key === 'assets') known.set(key, this.#readAssets());
      else if (key === 'version' || key === '$schema') known.set(key, this.#reader.readValue());
      else {
        extra ??= key;
        this.#reader.readValue();
      }
    });
    this.#reader.readEnd();
    if (!isObject) return this.#fail('it is not a JSON object');
    this.#checkVersion(known.get('version'));
    if (extra !== undefined) return this.#fail(`it has an unknown field ${JSON.stringify(extra)}`);
    const schema = known.get('$schema');
    if (schema !== undefined && typeof schema !== 'string') return this.#fail('`$schema` is not a string');
    const assets = known.get('assets');
    // What is wrong in them is told last: another version may write them otherwise.
    if (assets instanceof UnreadableManifest) throw assets;
    if (!(assets instanceof Map)) return this.#fail('`assets` is not an object');
    return Object.assign(assets, schema === undefined ? {} : { schema });
  }

  #checkVersion(version: unknown): void {
    if (version === 1) return;
    if (version === undefined)
      this.#fail('it has no `version`, so it may be another file: check `manifest-path`');
    const shown = typeof version === 'number' ? version : 'not a number';
    const remedy = `A newer release of the action may have written it: use that release. ${REMEDY}`;
    this.#fail(`its version is ${shown}; this release reads version 1`, { code: 'manifest-version', remedy });
  }

  /** The entries, or the first that is wrong with them; undefined when there is no object. */
  #readAssets(): Map<string, ManifestEntry> | UnreadableManifest | undefined {
    const { place } = this.#reader;
    const assets = new Map<string, ManifestEntry>();
    try {
      const isObject = this.#reader.readObject((path, index) => {
        if (assets.has(path)) this.#failTwice(path, index);
        assets.set(path, this.#readEntry(path));
      });
      return isObject ? assets : undefined;
    } catch (error) {
      if (!(error instanceof UnreadableManifest)) throw error;
      this.#reader.moveTo(place);
      this.#reader.readValue();
      return error;
    }
  }

  #readEntry(path: string): ManifestEntry {
    const fail = (fault: string): never => this.#fail(`assets[${JSON.stringify(path)}]${fault}`);
    if (!isRepositoryPath(path)) fail(' is not a repository-relative path');
    const entry: Record<string, unknown> = {};
    const isObject = this.#reader.readObject((key, index) => {
      if (!Object.hasOwn(ENTRY_FIELDS, key)) fail(` has an unknown field ${JSON.stringify(key)}`);
      if (Object.hasOwn(entry, key)) this.#failTwice(key, index);
      entry[key] = this.#reader.readValue();
    });
    if (!isObject) fail(' is not an object');
    for (const [key, findFault] of Object.entries(ENTRY_FIELDS)) {
      const fault = findFault(entry[key]);
      if (fault !== undefined) fail(`.${key} is wrong: ${fault}`);
    }
    return entry as unknown as ManifestEntry;
  }
}

/** Whether a string can be the path of a file of the repository: relative, POSIX, without empty, `.` or `..` parts. */
export function isRepositoryPath(path: string): boolean {
  return !/\0|(?:^|\/)\.{0,2}(?:\/|$)/.test(path);
}

/** The canonical text: two-space JSON, `$schema` first, paths in code-unit order, fields in the order of the type, LF, final newline. */
export function serializeManifest(manifest: Manifest): string {
  const paths = [...manifest.keys()].sort(compareCodeUnits);
  const lines = paths.map((path) => `    ${JSON.stringify(path)}: ${serializeEntry(manifest.get(path))}`);
  const assets = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  const schema = manifest.schema === undefined ? '' : `\n  "$schema": ${JSON.stringify(manifest.schema)},`;
  return `{${schema}\n  "version": 1,\n  "assets": ${assets}\n}\n`;
}

function serializeEntry(entry: ManifestEntry | undefined): string {
  const ordered = Object.keys(ENTRY_FIELDS).filter((key) => entry !== undefined && Object.hasOwn(entry, key));
  return JSON.stringify(entry, ordered, 2).replaceAll('\n', '\n    ');
}

/** Whether two entries say the same, field by field. */
export function isSameEntry(a: ManifestEntry | undefined, b: ManifestEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (Object.keys(ENTRY_FIELDS) as (keyof ManifestEntry)[]).every((key) => a[key] === b[key]);
}
