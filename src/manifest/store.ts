// The manifest file of the checkout: read once, then written atomically while the run goes on.
import { closeSync, fstatSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeAtomically } from '../files/atomic-file.ts';
import { describeError, StepError } from '../text/errors.ts';
import {
  decodeManifest,
  describeOversize,
  findSizeFault,
  isSameEntry,
  type Manifest,
  type ManifestEntry,
  MAX_MANIFEST_BYTES,
  parseManifestText,
  serializeManifest,
  UnreadableManifest,
} from './manifest.ts';

/** In place of a text: there is to be no file. */
const ABSENT = Symbol('absent');

/** Successes are on disk at most a second later; this leaves room for the writing itself. */
const WRITE_AFTER_MS = 300;

export interface StoreOptions {
  /** Absolute path of the file. */
  readonly file: string;
  /** What messages call it: the repository-relative path. */
  readonly place: string;
  /** Start afresh when the file cannot be read. */
  readonly force: boolean;
  readonly warn: (message: string) => void;
}

/** The manifest in the workspace. */
export class ManifestStore {
  readonly #options: StoreOptions;
  readonly #entries: Map<string, ManifestEntry>;
  /** What the checkout held: its entries, and its text when there was a file. */
  readonly checkout: { readonly manifest: Manifest; readonly text: string | undefined };
  /** The text that the file holds now, as far as this store knows. */
  #text: string | undefined;
  /** What tells the file of the last read or write from one that another process put there. */
  #stamp: string;
  #isDirty = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastFailure: unknown;

  private constructor(options: StoreOptions, manifest: Manifest, text: string | undefined, stamp: string) {
    this.#options = options;
    this.checkout = { manifest, text };
    this.#entries = new Map(manifest);
    this.#text = text;
    this.#stamp = stamp;
  }

  /**
   * Opens the manifest of the checkout; an absent file is an empty manifest.
   * @throws {UnreadableManifest} when the file is there but cannot be read, unless `force` starts afresh.
   */
  static open(options: StoreOptions): ManifestStore {
    const stamp = readStamp(options.file);
    let text: string | undefined;
    try {
      const bytes = readIfPresent(options.file, options.place);
      if (bytes === undefined) return new ManifestStore(options, new Map(), undefined, stamp);
      text = decodeManifest(bytes, options.place);
      return new ManifestStore(options, parseManifestText(text, options.place), text, stamp);
    } catch (error) {
      if (!options.force || !(error instanceof UnreadableManifest)) throw error;
      options.warn(`${error.message} Because of \`force: true\` this run starts afresh.`);
      return new ManifestStore(options, new Map(), text ?? 'unreadable', stamp);
    }
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

  /**
   * Makes the file say exactly this: what was published. Where nothing is published, the file is as the checkout had it.
   * @throws {StepError} when the file cannot be written.
   */
  async replace(published: string | undefined, manifest: Manifest): Promise<void> {
    const text = published ?? this.checkout.text;
    this.#entries.clear();
    for (const [path, entry] of published === undefined ? this.checkout.manifest : manifest) {
      this.#entries.set(path, entry);
    }
    // Git on Windows may check the file out with CRLF: that is the same text.
    this.#isDirty = text?.replaceAll('\r\n', '\n') !== this.#text?.replaceAll('\r\n', '\n');
    await this.flush(text ?? ABSENT);
  }

  /**
   * Writes what is not written yet.
   * @throws {StepError} when the file cannot be written; the entries stay in memory.
   */
  async flush(exactText?: string | typeof ABSENT): Promise<void> {
    this.#startWriting(exactText);
    await this.#writing;
    if (this.#lastFailure === undefined) return;
    throw new StepError(
      'manifest-unwritable',
      `The manifest ${this.#options.place} could not be written: ${describeError(this.#lastFailure)}. ` +
        'Make room or make it writable; the file IDs of this run are in the output `manifest`.',
      { cause: this.#lastFailure },
    );
  }

  #startWriting(exactText?: string | typeof ABSENT): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write(exactText));
  }

  async #write(exactText: string | typeof ABSENT | undefined): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const { file } = this.#options;
    const text = exactText ?? serializeManifest(this.#entries);
    try {
      await writeOrRemove(file, text, () => this.#warnOfOthers());
      this.#stamp = readStamp(file);
      this.#text = text === ABSENT ? undefined : text;
      this.#lastFailure = undefined;
    } catch (error) {
      this.#isDirty = true;
      this.#lastFailure = error;
    }
  }

  #warnOfOthers(): void {
    const { file, place, warn } = this.#options;
    if (readStamp(file) === this.#stamp) return;
    warn(`Something else changed the manifest ${place} while the step ran; it is replaced.`);
  }
}

/** `look` sees the file right before it is gone. */
async function writeOrRemove(file: string, text: string | typeof ABSENT, look: () => void): Promise<void> {
  if (text === ABSENT) {
    look();
    return rmSync(file, { force: true });
  }
  const fault = findSizeFault(text);
  if (fault !== undefined) throw new Error(fault);
  await writeAtomically(file, text, look);
}

function readIfPresent(file: string, place: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    if (size > MAX_MANIFEST_BYTES)
      throw new UnreadableManifest('manifest-too-large', describeOversize(place, size));
    return readFileSync(descriptor);
  } catch (error) {
    if (error instanceof UnreadableManifest) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const remedy = 'Make it readable, or name another `manifest-path`.';
    const message = `The manifest ${place} cannot be read: ${describeError(error)}. ${remedy}`;
    throw new UnreadableManifest('manifest-unreadable', message);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
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
