// Judges one asset in one read: SHA-256, size, what the content really is, and the media rules.
import { createHash, hash } from 'node:crypto';
import { describeError } from '../text/errors.ts';
import { Breaks } from '../files/breaks.ts';
import { ContentChanged, OpenFile } from '../files/open-file.ts';
import { formatBytes, MB } from '../text/text.ts';
import type { MediaFacts, MediaFinding } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import type { ByteSource } from '../../media/source.ts';
import { sniffMedia } from '../../media/sniff.ts';
import { type AssetType, TYPE_TITLES } from './asset-type.ts';
import type { Candidate, Unusable } from './discover.ts';
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

/** A file that was found and judged: an asset, or why it can never be one. */
export type Judged = Asset | Unusable;

/** What judging adds to a candidate: an asset's part of its own, or why there is none. */
export type Judgement = Omit<Asset, keyof Candidate> | Pick<Unusable, 'reason'>;

const PIECE_BYTES = 256 * 1024;
/** Where the media rules count, WhatsApp takes no larger file of any type: reading it would be for nothing. */
const MAX_TAKEN_BYTES = 100 * MB;
const TAKEN_SIZES = 'WhatsApp takes images of up to 5 MB, videos of up to 16 MB and PDFs of up to 100 MB';
const NEVER = new AbortController().signal;

/** The result for a candidate whose content was judged, perhaps in another thread. */
export function applyJudgement(candidate: Candidate, judgement: Judgement): Judged {
  return 'reason' in judgement ? { path: candidate.path, ...judgement } : { ...candidate, ...judgement };
}

/** Reads a candidate once and judges it; one that cannot be read is a value. Throws the signal's reason. */
export async function judgeContent(
  candidate: Candidate,
  mediaChecks: MediaChecks,
  signal = NEVER,
): Promise<Judgement> {
  try {
    using open = new OpenFile(candidate.file);
    if (mediaChecks === 'error' && open.size > MAX_TAKEN_BYTES)
      return { reason: `it has ${formatBytes(open.size)}; ${TAKEN_SIZES}` };
    return await judgeOpenFile(candidate, open, mediaChecks, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { reason: `it cannot be read: ${describeError(error)}` };
  }
}

async function judgeOpenFile(
  { path, type }: Candidate,
  open: OpenFile,
  mediaChecks: MediaChecks,
  signal: AbortSignal,
): Promise<Judgement> {
  const { size } = open;
  const { sha256, head } = await hashContent(open, signal);
  const pointer = parseLfsPointer(head, size);
  if (pointer !== undefined) return { ...pointer, isLfsPointer: true, findings: [] };
  const judged = { sha256, size, isLfsPointer: false };
  const source: ByteSource = {
    size,
    read: (position, length) =>
      position + length <= head.length || head.length === size
        ? head.subarray(position, position + length)
        : open.read(position, length),
  };
  const mismatch = findTypeMismatch(path, type, source);
  if (mismatch !== undefined) return { ...judged, findings: [mismatch] };
  if (mediaChecks === 'off') return { ...judged, findings: [] };
  const { facts, findings } = await inspectMedia(type, source);
  if (mediaChecks === 'error') return { ...judged, facts, findings };
  return { ...judged, facts, findings: findings.map((finding) => ({ ...finding, level: 'warning' })) };
}

/** Hashes a file up to the size it was opened with, in lower-case hex; throws `ContentChanged` when it ends before. */
export async function hashContent(
  open: OpenFile,
  signal: AbortSignal,
): Promise<{ sha256: string; head: Buffer }> {
  const head = open.read(0, Math.min(open.size, PIECE_BYTES));
  if (head.length === open.size) return { sha256: hash('sha256', head, 'hex'), head };
  const whole = createHash('sha256').update(head);
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const breaks = new Breaks(signal);
  for (let position = head.length; position < open.size; ) {
    if (breaks.isDue) await breaks.take();
    const piece = buffer.subarray(0, open.size - position);
    const count = open.readInto(piece, position);
    if (count === 0) throw new ContentChanged('it became shorter while it was read');
    whole.update(piece.subarray(0, count));
    position += count;
  }
  return { sha256: whole.digest('hex'), head };
}

/** The checks that no input turns off: empty files, and content that is not what the extension says. */
function findTypeMismatch(path: string, type: AssetType, source: ByteSource): Finding | undefined {
  if (source.size === 0)
    return { rule: 'empty', level: 'error', message: 'the file is empty; WhatsApp needs a real sample' };
  const sniffed = sniffMedia(source);
  if ('type' in sniffed && sniffed.type === type) return undefined;
  const extension = path.slice(path.lastIndexOf('.'));
  const actual = 'type' in sniffed ? TYPE_TITLES[sniffed.type] : sniffed.other;
  const message = `the name says ${extension}, but the content is another: ${actual}; export the ${TYPE_TITLES[type]} again`;
  return { rule: 'type', level: 'error', message };
}
