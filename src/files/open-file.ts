// The one way to read a file that was found: it is opened as it lies, and what is sent is proved to be what was judged.
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { resolveRealPath } from './file-system.ts';
import { foldPath } from './paths.ts';

// A FIFO that took the file's place must not block, a link must not be followed. Both are unknown to Windows.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** The file is not what was found or judged. */
export class ContentChanged extends Error {}

/** A regular file that is open for reading. Reads are synchronous: a trip through the thread pool would cost more. */
export class OpenFile {
  /** Bytes, as the file system says. */
  readonly size: number;
  readonly #descriptor: number;

  /** Opens what was found at an absolute path without links; throws `ContentChanged` when it is something else by now. */
  constructor(file: string) {
    this.#descriptor = openSync(file, FLAGS);
    try {
      const stats = fstatSync(this.#descriptor);
      this.size = stats.size;
      if (!stats.isFile()) throw new ContentChanged('it is not a regular file');
      if (!isAt(file, this.#descriptor, stats))
        throw new ContentChanged('a folder on the way to it is no longer what it was');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Reads up to `length` bytes from a position on; fewer only where the file ends. */
  read(position: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, this.readInto(buffer, position));
  }

  /** As `read`, into a buffer, which may serve for all pieces of a large file. @returns the number of bytes */
  readInto(buffer: Buffer, position: number): number {
    let filled = 0;
    while (filled < buffer.length) {
      const count = readSync(this.#descriptor, buffer, filled, buffer.length - filled, position + filled);
      filled += count;
      // A short read up to where the file system says that the file ends has told that it does.
      if (count === 0 || position + filled === this.size) break;
    }
    return filled;
  }

  /** Closes the file, at the end of a `using`. */
  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** Whether an open file is the one at a path, and no link leads there: a parent folder may have become one. */
function isAt(file: string, descriptor: number, open: Stats): boolean {
  const known = findOpenPath(descriptor);
  const real = known ?? resolveRealPath(file);
  if (real !== file && foldPath(real) !== foldPath(file)) return false;
  if (known !== undefined) return true;
  const { dev, ino } = lstatSync(real);
  return dev === open.dev && ino === open.ino;
}

/** Where Linux has found an open file, which nobody can change between two looks; undefined where it does not tell. */
function findOpenPath(descriptor: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

/** The bytes of a regular file, also behind links; throws when there are more than `maxBytes`. */
export function readRegularFile(path: string, maxBytes: number): Buffer {
  using file = new OpenFile(resolveRealPath(path));
  if (file.size > maxBytes) throw new Error(`it has ${file.size} bytes; at most ${maxBytes} are read`);
  return file.read(0, file.size);
}

/** The bytes of a file piece by piece; throws `ContentChanged` before the last when they are not those that were judged. */
export function* readJudged(
  file: OpenFile,
  judged: { readonly sha256: string; readonly size: number },
  pieceBytes: number,
): Generator<Buffer> {
  if (file.size !== judged.size) throw new ContentChanged();
  const hash = createHash('sha256');
  for (let position = 0; position < judged.size; ) {
    const piece = file.read(position, Math.min(pieceBytes, judged.size - position));
    if (piece.length === 0) throw new ContentChanged();
    position += piece.length;
    hash.update(piece);
    if (position >= judged.size && hash.digest('hex') !== judged.sha256) throw new ContentChanged();
    yield piece;
  }
}
