// The manifest file of the checkout: read once, then written atomically while the run goes on.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuseLinks, tryWriting, writeAtomically } from '../files/file-system.ts';
import { OpenFile } from '../files/open-file.ts';
import { describeError, findErrorCode, StepError } from '../text/errors.ts';
import {
  copyManifest,
  decodeManifest,
  describeUnreadable,
  findSizeFault,
  isSameEntry,
  type Manifest,
  type ManifestEntry,
  MAX_MANIFEST_BYTES,
  parseManifestText,
  refuseOversize,
  serializeManifest,
  UnreadableManifest,
} from './manifest.ts';

/** Gives the text to write; undefined where there is to be no file. */
type Compose = () => string | undefined;

/** Successes are on disk at most a second later; this leaves room for the writing itself. */
const WRITE_AFTER_MS = 300;
/** What an entry takes, with a path and an ID of the usual length. */
const ENTRY_BYTES = 520;

export interface StoreOptions {
  /** Absolute real path of the repository. */
  readonly root: string;
  /** Repository-relative path of the file, which messages call it by. */
  readonly place: string;
  /** Start afresh when the file cannot be read. */
  readonly force: boolean;
  readonly warn: (message: string) => void;
}

/** What the checkout held: its entries, and its text when there was a file. */
interface Checkout {
  readonly manifest: Manifest;
  readonly text: string | undefined;
}

/** The manifest in the workspace. */
export class ManifestStore {
  readonly #options: StoreOptions;
  readonly #file: string;
  readonly #entries: ReturnType<typeof copyManifest>;
  readonly checkout: Checkout;
  /** The text that the file holds now, as far as this store knows. */
  #text: string | undefined;
  /** What tells the file of the last read or write from one that another process put there. */
  #stamp: string;
  #isDirty = false;
  #timer: NodeJS.Timeout | undefined;
  /** What the last write fails with, if it does. */
  #writing: Promise<unknown> = Promise.resolve();

  /** Reads the manifest of the checkout; throws an `UnreadableManifest` unless `force` starts afresh. */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.#file = join(options.root, options.place);
    this.#stamp = readStamp(this.#file);
    this.checkout = readCheckout(this.#file, options);
    this.#entries = copyManifest(this.checkout.manifest);
    this.#text = this.checkout.text;
  }

  /** The entries as they are now. */
  get manifest(): Manifest {
    return this.#entries;
  }

  /** Whether the file now differs from the checkout's. */
  get hasChanged(): boolean {
    return this.#text !== this.checkout.text;
  }

  /** Sets or (with undefined) drops an entry; it is on disk at most a second later. */
  set(path: string, entry: ManifestEntry | undefined): void {
    if (isSameEntry(this.#entries.get(path), entry)) return;
    if (entry === undefined) this.#entries.delete(path);
    else this.#entries.set(path, entry);
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => this.#startWriting(), WRITE_AFTER_MS);
  }

  /** Makes the file say what was published, or what the checkout had where nothing was; throws as `flush` does. */
  async replace(published: string | undefined, manifest: Manifest): Promise<void> {
    const text = published ?? this.checkout.text;
    const entries = published === undefined ? this.checkout.manifest : manifest;
    this.#entries.clear();
    for (const [path, entry] of entries) this.#entries.set(path, entry);
    this.#isDirty = foldText(text) !== foldText(this.#text);
    await this.flush(() => text);
  }

  /**
   * Tries whether the file can be written with so many entries more, before anything is uploaded for it; throws a
   * `StepError` when it cannot.
   */
  async tryWriting(more: number): Promise<void> {
    const { root, place } = this.#options;
    // In the end the file lies beside the one that it replaces.
    const bytes = Buffer.byteLength(this.#text ?? '') + 2 * more * ENTRY_BYTES;
    try {
      await tryWriting(root, place, Math.min(bytes, 2 * MAX_MANIFEST_BYTES));
    } catch (error) {
      throw describeUnwritable(place, error, 'nothing was uploaded');
    }
  }

  /** Writes what is not written yet; throws a `StepError` when the file cannot be, and keeps the entries. */
  async flush(compose?: Compose): Promise<void> {
    const failure = await this.#startWriting(compose);
    if (failure === undefined) return;
    const state = 'the file IDs of this run are in the output `manifest`';
    throw describeUnwritable(this.#options.place, failure, state);
  }

  #startWriting(compose: Compose = () => serializeManifest(this.#entries)): Promise<unknown> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write(compose));
    return this.#writing;
  }

  async #write(compose: Compose): Promise<unknown> {
    if (!this.#isDirty) return undefined;
    this.#isDirty = false;
    const { root, place } = this.#options;
    const text = compose();
    try {
      if (text === undefined) {
        refuseLinks(root, place);
        this.#warnOfOthers();
        rmSync(this.#file, { force: true });
      } else {
        const fault = findSizeFault(text);
        if (fault !== undefined) throw new Error(fault);
        await writeAtomically(root, place, text, () => this.#warnOfOthers());
      }
      this.#stamp = readStamp(this.#file);
      this.#text = text;
      return undefined;
    } catch (error) {
      this.#isDirty = true;
      return error;
    }
  }

  #warnOfOthers(): void {
    const { place, warn } = this.#options;
    if (readStamp(this.#file) === this.#stamp) return;
    warn(`Something else changed the manifest ${place} while the step ran; it is replaced.`);
  }
}

function describeUnwritable(place: string, cause: unknown, state: string): StepError {
  const message = `The manifest ${place} could not be written: ${describeError(cause)}. Make room or make it writable; ${state}.`;
  return new StepError('manifest-unwritable', message, { cause });
}

/** Text without what does not count: git on Windows may check a file out with CRLF, editors add a byte order mark. */
function foldText(text: string | undefined): string | undefined {
  return text?.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
}

function readCheckout(file: string, { place, force, warn }: StoreOptions): Checkout {
  let text: string | undefined;
  try {
    const bytes = readIfPresent(file, place);
    if (bytes === undefined) return { manifest: new Map(), text };
    text = decodeManifest(bytes, place);
    return { manifest: parseManifestText(text, place), text };
  } catch (error) {
    if (!force || !(error instanceof UnreadableManifest)) throw error;
    warn(`${error.message} Because of \`force: true\` this run starts afresh.`);
    return { manifest: new Map(), text: text ?? 'unreadable' };
  }
}

function readIfPresent(file: string, place: string): Buffer | undefined {
  try {
    using open = new OpenFile(file);
    refuseOversize(open.size, place);
    return open.read(0, open.size);
  } catch (error) {
    if (error instanceof UnreadableManifest) throw error;
    if (findErrorCode(error) === 'ENOENT') return undefined;
    const remedy = 'Make it readable, or name another `manifest-path`.';
    throw describeUnreadable(place, describeError(error), { remedy });
  }
}

function readStamp(file: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return 'absent';
  }
}
