// Bounded random access to the bytes of one asset.

/** Random access to the bytes of one asset, synchronous; `read` gives fewer bytes only at the end of the file. */
export interface ByteSource {
  readonly size: number;
  read(position: number, length: number): Buffer;
}

/** The file ends before its own structure does; the message names the part that is missing. */
export class CutOffError extends Error {}

/** The file is damaged otherwise, from some place on; the message says what shows it. */
export class DamagedError extends Error {}

/** The file cannot be judged, which is not the same as wrong; the message completes "could not be checked". */
export class UnreadableError extends Error {}

/** What a read counts for at least: many small ones take as long as a large one. */
const LEAST_COUNTED = 64;

/** The source again, refusing with an `UnreadableError` to hand out more than `limit` bytes over its lifetime. */
export function limitReads(source: ByteSource, limit: number): ByteSource {
  let left = limit;
  return {
    size: source.size,
    read(position, length) {
      const wanted = Math.max(0, Math.min(length, source.size - position));
      left -= Math.max(wanted, LEAST_COUNTED);
      if (left < 0) throw new UnreadableError('judging it would need too much reading');
      return source.read(position, wanted);
    },
  };
}

/** Up to `length` bytes at `position` as Latin-1 characters. */
export function readText(source: ByteSource, position: number, length: number): string {
  return source.read(position, length).toString('latin1');
}

/** Exactly `length` bytes at `position`, or a `CutOffError` that says `part` is missing. */
export function readExactly(source: ByteSource, position: number, length: number, part: string): Buffer {
  const bytes = source.read(position, length);
  if (bytes.length < length) throw new CutOffError(`${part} is incomplete`);
  return bytes;
}

/** Whether there are bytes, and all of them are 0. */
export function isZeros(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === 0);
}
