// Reads manifests that lie at GitHub.
import type { GitHub } from '../github/client.ts';
import { computeBlobId, type FileAt, readFile } from '../github/read.ts';
import {
  describeUnreadable,
  findSizeFault,
  type Manifest,
  parseManifest,
  refuseOversize,
  serializeManifest,
  UnreadableManifest,
} from '../manifest/manifest.ts';
import { StepError } from '../text/errors.ts';

/** A manifest at GitHub. */
export interface RemoteManifest {
  readonly manifest: Manifest;
  /** Its text; undefined when there is no file. */
  readonly text: string | undefined;
  /** Whether it could not be read and is given up because of `force`. */
  readonly isGivenUp: boolean;
}

const ABSENT: RemoteManifest = { manifest: new Map(), text: undefined, isGivenUp: false };

export interface ManifestReaderOptions {
  /** Repository-relative. */
  readonly manifestPath: string;
  /** Start afresh from a manifest that cannot be read. */
  readonly force: boolean;
  /** What was checked out: the branch often holds the same. */
  readonly checkout: { readonly manifest: Manifest; readonly text: string | undefined };
}

/** Reads manifests by blob id, each once: a branch that moves seldom changes them. */
export class ManifestReader {
  readonly #options: ManifestReaderOptions;
  readonly #known = new Map<string, RemoteManifest>();

  constructor(options: ManifestReaderOptions) {
    this.#options = options;
    const { manifest, text } = options.checkout;
    if (text !== undefined) this.remember(manifest, text);
  }

  /** Takes note of a manifest whose text is known, so that it is not read again. */
  remember(manifest: Manifest, text: string): void {
    this.#known.set(computeBlobId(text), { manifest, text, isGivenUp: false });
  }

  /**
   * Reads a manifest; `file` undefined means that there is none. `where` goes on behind its path in messages.
   * @throws {UnreadableManifest} unless `force` starts afresh.
   */
  async read(github: GitHub, file: FileAt | undefined, where: string): Promise<RemoteManifest> {
    if (file === undefined) return ABSENT;
    const known = this.#known.get(file.oid);
    if (known !== undefined) return known;
    const read = await this.#readOnce(github, file, `${this.#options.manifestPath} ${where}`);
    this.#known.set(file.oid, read);
    return read;
  }

  /** Reads like `read`, but takes what cannot be read for empty: for a state of the past that nobody can repair. */
  async readPast(github: GitHub, file: FileAt | undefined, where: string): Promise<Manifest> {
    try {
      return (await this.read(github, file, where)).manifest;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return ABSENT.manifest;
    }
  }

  async #readOnce(github: GitHub, file: FileAt, place: string): Promise<RemoteManifest> {
    try {
      if (file.type !== 'blob' || file.mode === 0o120000) {
        const remedy = 'Remove it, or choose another `manifest-path`.';
        throw describeUnreadable(place, 'it is not a regular file', { remedy });
      }
      refuseOversize(file.size, place);
      const bytes = await readFile(github, file);
      return { manifest: parseManifest(bytes, place), text: bytes.toString(), isGivenUp: false };
    } catch (error) {
      const isUnreadable = error instanceof UnreadableManifest;
      // Starting afresh would put the text itself where attributes want a pointer.
      if (!this.#options.force || !isUnreadable || error.code === 'manifest-in-lfs') throw error;
      return { manifest: new Map(), text: undefined, isGivenUp: true };
    }
  }
}

/**
 * The text to publish.
 * @throws {StepError} when no run could read it: what is on the branch stays readable.
 */
export function buildManifestText(manifest: Manifest, path: string): string {
  const text = serializeManifest(manifest);
  const fault = findSizeFault(text);
  if (fault === undefined) return text;
  throw new StepError(
    'manifest-too-large',
    `The manifest ${path} was not published: ${fault}, each with a \`manifest-path\` of its own.`,
  );
}
