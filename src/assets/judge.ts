// Judges one asset in one read: SHA-256, size, what the content really is, and the media rules.
import { createHash, hash } from 'node:crypto';
import { describeError } from '../text/errors.ts';
import { OpenFile } from '../files/open-file.ts';
import type { MediaFacts, MediaFinding } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import type { ByteSource } from '../../media/source.ts';
import { sniffMedia } from '../../media/sniff.ts';
import type { AssetType } from './asset-type.ts';
import type { Candidate } from './discover.ts';
import { parseLfsPointer } from './lfs-pointer.ts';

/** What the image, video and PDF rules do. */
export type MediaChecks = 'error' | 'warn' | 'off';

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

/** What judging adds to a candidate: an asset's part of its own, or why there is none. */
export type Verdict = Omit<Asset, keyof Candidate> | Pick<Unreadable, 'reason'>;

const PIECE_BYTES = 256 * 1024;

/** The result for a candidate whose content was judged, perhaps in another thread. */
export function applyVerdict(candidate: Candidate, verdict: Verdict): Asset | Unreadable {
  return 'reason' in verdict
    ? { path: candidate.path, reason: verdict.reason }
    : { ...candidate, ...verdict };
}

/**
 * Reads a candidate once and judges it. Never throws: a file that cannot be read is a value. I/O is synchronous, which is
 * fastest; when there is much to read, worker threads judge as well.
 */
export async function judgeContent(
  { path, type, file }: Pick<Candidate, 'path' | 'type' | 'file'>,
  mediaChecks: MediaChecks,
): Promise<Verdict> {
  let open: OpenFile | undefined;
  try {
    open = new OpenFile(file);
    return await judgeOpenFile(path, type, open, mediaChecks);
  } catch (error) {
    return { reason: `it cannot be read: ${describeError(error)}` };
  } finally {
    open?.close();
  }
}

async function judgeOpenFile(
  path: string,
  type: AssetType,
  open: OpenFile,
  mediaChecks: MediaChecks,
): Promise<Verdict> {
  const { sha256, size, head } = hashContent(open);
  const pointer = parseLfsPointer(head, size);
  if (pointer !== undefined) return { ...pointer, isLfsPointer: true, findings: [] };
  const judged = { sha256, size, isLfsPointer: false };
  const source: ByteSource = {
    size,
    read: (position, length) =>
      position + length <= head.length || head.length === size
        ? Buffer.from(head.subarray(position, position + length))
        : open.read(position, length),
  };
  const mismatch = findTypeMismatch(path, type, source);
  if (mismatch !== undefined) return { ...judged, findings: [mismatch] };
  if (mediaChecks === 'off') return { ...judged, findings: [] };
  const { facts, findings } = await inspectMedia(type, source);
  return { ...judged, facts, findings: mediaChecks === 'warn' ? findings.map(asWarning) : findings };
}

/** SHA-256 of a file, lower-case hex; undefined when it cannot be read. */
export function hashFile(file: string): string | undefined {
  let open: OpenFile | undefined;
  try {
    open = new OpenFile(file);
    return hashContent(open).sha256;
  } catch {
    return undefined;
  } finally {
    open?.close();
  }
}

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' };
}

/** Reads a file to its end; `head` is its beginning. */
function hashContent(open: OpenFile): { sha256: string; size: number; head: Buffer } {
  // With room for one byte more, one read tells where a small file ends.
  const head = open.read(0, Math.min(open.size + 1, PIECE_BYTES));
  let size = head.length;
  if (size === open.size) return { sha256: hash('sha256', head, 'hex'), size, head };
  const whole = createHash('sha256').update(head);
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let count = open.readInto(piece, size); count > 0; count = open.readInto(piece, size)) {
    whole.update(piece.subarray(0, count));
    size += count;
  }
  return { sha256: whole.digest('hex'), size, head };
}

/** The checks that no input turns off: empty files, and content that is not what the extension says. */
function findTypeMismatch(path: string, type: AssetType, source: ByteSource): Finding | undefined {
  if (source.size === 0) {
    return { rule: 'empty', level: 'error', message: 'the file is empty; WhatsApp needs a real sample' };
  }
  const sniffed = sniffMedia(source);
  if ('type' in sniffed && sniffed.type === type) return undefined;
  const extension = path.slice(path.lastIndexOf('.'));
  const actual = 'type' in sniffed ? sniffed.type : sniffed.other;
  return {
    rule: 'type',
    level: 'error',
    message: `the name says ${extension}, but the content is another: ${actual}; export it again as ${type}`,
  };
}
