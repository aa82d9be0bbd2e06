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

/** Whether a content belongs to a job's share: the first 8 hex digits of its SHA-256 modulo the number of shares. */
export function makeShareTest(shard: Shard | undefined): (sha256: string) => boolean {
  if (shard === undefined) return () => true;
  return (sha256) => Number.parseInt(sha256.slice(0, 8), 16) % shard.count === shard.index - 1;
}

/** The files of a job's share: by their content, or by their path where that is not hashed. */
export function selectShare<File extends { readonly path: string; readonly sha256?: string }>(
  files: readonly File[],
  shard: Shard | undefined,
): readonly File[] {
  const isOwn = makeShareTest(shard);
  return files.filter(({ path, sha256 }) => isOwn(sha256 ?? hash('sha256', path)));
}
