// Judges one asset in one read: SHA-256, size, what the content really is, and the media rules.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { describeError } from '../errors.ts';
import type { MediaChecks } from '../inputs.ts';
import type { MediaFacts, MediaFinding } from '../media/facts.ts';
import { inspectMedia } from '../media/inspect.ts';
import type { ByteSource } from '../media/source.ts';
import { sniffMedia } from '../media/sniff.ts';
import type { Candidate } from './discover.ts';
import { readLfsPointer } from './lfs-pointer.ts';

/** Something about a file that its owner should know. Errors make the asset invalid. */
export type Finding = MediaFinding;

/** A judged asset: content that may be uploaded, or the Git LFS pointer that stands for it. */
export interface Asset extends Candidate {
  /** SHA-256 of the content, lower-case hex; of an LFS pointer, the one it states. */
  readonly sha256: string;
  /** Size of the content in bytes. */
  readonly size: number;
  readonly isLfsPointer: boolean;
  /** Absent when the content was not looked into. */
  readonly facts?: MediaFacts;
  readonly findings: readonly Finding[];
}

/** An asset that could not be read at all. */
export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

const CHUNK_BYTES = 256 * 1024;
// A FIFO that took the file's place must not block, a link must not be followed. Both are unknown to Windows.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Reads a candidate once and judges it. I/O is synchronous: many small files are judged in worker threads, where that
 * is fastest. Never throws: a file that cannot be read is a value.
 */
export async function judgeAsset(
  candidate: Candidate,
  mediaChecks: MediaChecks,
): Promise<Asset | Unreadable> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(candidate.file, OPEN_FLAGS);
    if (!fstatSync(descriptor).isFile())
      return { path: candidate.path, reason: 'it is no longer a regular file' };
    return await judgeOpenFile(candidate, descriptor, mediaChecks);
  } catch (error) {
    return { path: candidate.path, reason: `it cannot be read: ${describeError(error)}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

async function judgeOpenFile(
  candidate: Candidate,
  descriptor: number,
  mediaChecks: MediaChecks,
): Promise<Asset> {
  const { sha256, size, head } = hashContent(descriptor);
  const pointer = readLfsPointer(head, size);
  if (pointer !== undefined) {
    return { ...candidate, ...pointer, isLfsPointer: true, findings: [] };
  }
  const judged = { ...candidate, sha256, size, isLfsPointer: false };
  const source: ByteSource = { size, read: (position, length) => readRange(descriptor, position, length) };
  const mismatch = findTypeMismatch(candidate, size, source);
  if (mismatch !== undefined) return { ...judged, findings: [mismatch] };
  if (mediaChecks === 'off') return { ...judged, findings: [] };
  const { facts, findings } = await inspectMedia(candidate.type, source);
  return { ...judged, facts, findings: mediaChecks === 'warn' ? findings.map(asWarning) : findings };
}

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' };
}

const sharedBuffer = Buffer.allocUnsafe(CHUNK_BYTES);

function hashContent(descriptor: number): { sha256: string; size: number; head: Buffer } {
  const hash = createHash('sha256');
  let size = 0;
  let head = Buffer.alloc(0);
  for (;;) {
    const count = readSync(descriptor, sharedBuffer, 0, CHUNK_BYTES, null);
    if (count === 0) return { sha256: hash.digest('hex'), size, head };
    const chunk = sharedBuffer.subarray(0, count);
    hash.update(chunk);
    if (size === 0) head = Buffer.from(chunk.subarray(0, 1024));
    size += count;
  }
}

function readRange(descriptor: number, position: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** The checks that no input turns off: empty files, and content that is not what the extension says. */
function findTypeMismatch(candidate: Candidate, size: number, source: ByteSource): Finding | undefined {
  if (size === 0) {
    return { rule: 'empty', level: 'error', message: 'the file is empty; WhatsApp needs a real sample' };
  }
  const sniffed = sniffMedia(source);
  if ('type' in sniffed && sniffed.type === candidate.type) return undefined;
  const extension = candidate.path.slice(candidate.path.lastIndexOf('.'));
  const actual = 'type' in sniffed ? sniffed.type : sniffed.other;
  return {
    rule: 'type',
    level: 'error',
    message: `the name says ${extension}, but the content is another: ${actual}; export it again as ${candidate.type}`,
  };
}
