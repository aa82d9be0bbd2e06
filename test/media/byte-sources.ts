// Sources of bytes for tests: counted ones over samples, and large ones that exist only as far as they are read.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaType } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import type { ByteSource } from '../../media/source.ts';
import { sniffMedia } from '../../media/sniff.ts';

export const samplesFolder = join(import.meta.dirname, '../samples');
const MOST_READ = 2 * 1_048_576;

const TYPES: Readonly<Record<string, MediaType>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
};

/** The type that a file's name promises. */
export function typeOf(name: string): MediaType {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  assert.ok(type !== undefined, name);
  return type;
}

/** The rules that bytes under this name do not meet, as `level: rule`, or what else they are. */
export async function judgeNamed(name: string, content: Buffer | CountedSource): Promise<string[]> {
  const source = Buffer.isBuffer(content) ? sourceOf(content) : content;
  const sniffed = sniffMedia(source);
  if ('other' in sniffed) return [`is: ${sniffed.other}`];
  assert.equal(sniffed.type, typeOf(name));
  const found = await judge(sniffed.type, source);
  assert.ok(source.bytesRead <= MOST_READ, `${source.bytesRead} bytes were read`);
  return found;
}

/** The rules that a file does not meet, as `level: rule`. */
export async function judge(type: MediaType, source: ByteSource): Promise<string[]> {
  return (await inspectMedia(type, source)).findings.map(({ level, rule }) => `${level}: ${rule}`);
}

export interface CountedSource extends ByteSource {
  /** Bytes handed out so far. */
  readonly bytesRead: number;
}

/** A source over `bytes`. */
export function sourceOf(bytes: Buffer): CountedSource {
  let bytesRead = 0;
  return {
    size: bytes.length,
    get bytesRead() {
      return bytesRead;
    },
    read(position, length) {
      assert.ok(position >= 0 && length >= 0, `read ${length} bytes at ${position}`);
      const piece = bytes.subarray(position, position + length);
      bytesRead += piece.length;
      return piece;
    },
  };
}

/** The content of a sample file. */
export function readSample(name: string): Buffer {
  return readFileSync(join(samplesFolder, name));
}

/** A source of `size` bytes: `pieces` by position, and wherever there is none, `filler` over and over. */
export function sparseSource(
  size: number,
  pieces: readonly (readonly [number, Uint8Array])[],
  filler: Uint8Array = new Uint8Array(1),
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
      const lead = position % filler.length;
      const bytes = Buffer.alloc(lead + end - position, filler).subarray(lead);
      for (const [start, piece] of pieces) {
        const from = Math.max(position, start);
        const to = Math.min(end, start + piece.length);
        if (from < to) bytes.set(piece.subarray(from - start, to - start), from - position);
      }
      return bytes;
    },
  };
}
