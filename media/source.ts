// Bounded random access to the bytes of one asset.

/** Random access to the bytes of one asset, synchronous; `read` gives fewer bytes only at the end of the file. */
export interface ByteSource {
  readonly size: number;
  read(position: number, length: number): Buffer;
}

/** Ends the reading of a file; its message is then the fact of this name. */
export class FaultError extends Error {
  readonly fact: 'cutOff' | 'damage' | 'unchecked';

  constructor(fact: FaultError['fact'], message: string) {
    super(message);
    this.fact = fact;
  }
}

/** What a read counts for at least: many small ones take as long as a large one. */
const LEAST_COUNTED = 64;

/** The source again, refusing to hand out more than `limit` bytes over its lifetime. */
export function limitReads(source: ByteSource, limit: number): ByteSource {
  let left = limit;
  return {
    size: source.size,
    read(position, length) {
      const wanted = Math.max(0, Math.min(length, source.size - position));
      left -= Math.max(wanted, LEAST_COUNTED);
      if (left < 0) throw new FaultError('unchecked', 'judging it would need too much reading');
      return source.read(position, wanted);
    },
  };
}

/** Up to `length` bytes at `position` as Latin-1 characters. */
export function readText(source: ByteSource, position: number, length: number): string {
  return source.read(position, length).toString('latin1');
}

/** Exactly `length` bytes at `position`, or a `FaultError` that says `part` is incomplete. */
export function readExactly(source: ByteSource, position: number, length: number, part: string): Buffer {
  const bytes = source.read(position, length);
  if (bytes.length < length) throw new FaultError('cutOff', `${part} is incomplete`);
  return bytes;
}

/** Whether there are bytes, and all of them are 0. */
export function isZeros(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === 0);
}
