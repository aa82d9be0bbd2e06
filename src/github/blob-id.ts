// Git's names for contents, to tell whether a branch holds the file that was judged.
import { createHash } from 'node:crypto';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { writeLfsPointer } from '../assets/lfs-pointer.ts';
import { OPEN_FLAGS } from '../files/file-system.ts';

/** A file as it was judged. */
export interface JudgedFile {
  /** Absolute real path. */
  readonly file: string;
  /** Absolute path of the symbolic link that led to it, if one did. */
  readonly link?: string;
  /** SHA-256 of its content (of an LFS pointer, the one it states), lower-case hex. */
  readonly sha256: string;
  /** Size of that content in bytes. */
  readonly size: number;
}

const CHUNK_BYTES = 1024 * 1024;

/** The id of the blob that holds these bytes. */
export function computeBlobId(content: Uint8Array | string): string {
  return startBlobHash(Buffer.byteLength(content)).update(content).digest('hex');
}

/**
 * Whether a blob of a branch is the judged file: its content, its Git LFS pointer, or the link that led to it. The file
 * is read only when nothing cheaper decides, such as the blob's size where it is known, and does not count when its
 * content is no longer what was judged.
 */
export async function isJudgedFile(
  blob: { readonly oid: string; readonly size: number | undefined },
  judged: JudgedFile,
  signal: AbortSignal,
): Promise<boolean> {
  if (blob.oid === computeBlobId(writeLfsPointer(judged))) return true;
  if (judged.link !== undefined && blob.oid === (await readLinkBlobId(judged.link))) return true;
  if (blob.size !== undefined && blob.size !== judged.size) return false;
  return blob.oid === (await readContentBlobId(judged, signal));
}

/** What git stores for a link is the text of its target. */
async function readLinkBlobId(link: string): Promise<string | undefined> {
  try {
    return computeBlobId(await readlink(link, 'buffer'));
  } catch {
    return undefined;
  }
}

/** The blob id of a file that still has the judged SHA-256, in one read; else undefined. */
async function readContentBlobId(judged: JudgedFile, signal: AbortSignal): Promise<string | undefined> {
  const blob = startBlobHash(judged.size);
  const content = createHash('sha256');
  let handle: FileHandle | undefined;
  try {
    handle = await open(judged.file, OPEN_FLAGS);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size !== judged.size) return undefined;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const part = chunk.subarray(0, bytesRead);
      blob.update(part);
      content.update(part);
    }
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    await handle?.close();
  }
  return content.digest('hex') === judged.sha256 ? blob.digest('hex') : undefined;
}

function startBlobHash(size: number): ReturnType<typeof createHash> {
  return createHash('sha1').update(`blob ${size}\0`);
}
