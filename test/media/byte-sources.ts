// Sources of bytes for tests: counted ones over samples, and large ones that exist only as far as they are read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSource } from '../../media/inspect.ts';

export const samplesFolder = join(import.meta.dirname, '../samples');

export interface CountedSource extends ByteSource {
  /** Bytes handed out so far. */
  readonly bytesRead: number;
}

/** A source over `bytes`. */
export function sourceOf(bytes: Uint8Array): CountedSource {
  return sparseSource(bytes.length, [[0, bytes]]);
}

/** The content of a sample file. */
export function readSample(name: string): Buffer {
  return readFileSync(join(samplesFolder, name));
}

/** A source of `size` bytes: `pieces` by position, and `filler` wherever there is none. */
export function sparseSource(
  size: number,
  pieces: readonly (readonly [number, Uint8Array])[],
  filler: (position: number) => number = () => 0,
): CountedSource {
  let bytesRead = 0;
  return {
    size,
    get bytesRead() {
      return bytesRead;
    },
    read(position, length) {
      const end = Math.max(position, Math.min(position + length, size));
      bytesRead += end - position;
      const bytes = Uint8Array.from({ length: end - position }, (_, index) => filler(position + index));
      for (const [start, piece] of pieces) {
        const from = Math.max(position, start);
        const to = Math.min(end, start + piece.length);
        if (from < to) bytes.set(piece.subarray(from - start, to - start), from - position);
      }
      return bytes;
    },
  };
}
