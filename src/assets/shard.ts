// How contents are shared out among the jobs of a matrix.
import { hash } from 'node:crypto';

/** Share `index` (from 1) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The shard that a text like `2/4` names, or undefined. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  return index >= 1 && index <= count ? { index, count } : undefined;
}

/**
 * The files of a job's share: the first 8 hex digits of a SHA-256 modulo the number of shares, be it that of the content
 * or, where that is not hashed, of the path.
 */
export function selectShare<File extends { readonly path: string; readonly sha256?: string }>(
  files: readonly File[],
  shard: Shard | undefined,
): readonly File[] {
  if (shard === undefined) return files;
  const { index, count } = shard;
  const numberOf = ({ path, sha256 = hash('sha256', path) }: File): number =>
    Number.parseInt(sha256.slice(0, 8), 16) % count;
  return files.filter((file) => numberOf(file) === index - 1);
}
