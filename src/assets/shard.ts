// How contents are shared out among the jobs of a matrix.
import type { Shard } from '../inputs/inputs.ts';

/** Whether a content belongs to a job's share: the first 8 hex digits of its SHA-256 modulo the number of shares. */
export function makeShareTest(shard: Shard | undefined): (sha256: string) => boolean {
  if (shard === undefined) return () => true;
  return (sha256) => Number.parseInt(sha256.slice(0, 8), 16) % shard.count === shard.index - 1;
}
