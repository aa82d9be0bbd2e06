// How long to wait before trying again.

/** Exponential growth from `baseMs`, never over `capMs`, with full jitter. */
export interface BackoffRule {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * A random delay in milliseconds before the retry after failure number `failures` (from 1): between 0 and the smaller
 * of `capMs` and `baseMs` × 2^(failures − 1). `random` gives numbers from 0 to 1.
 */
export function computeBackoff(rule: BackoffRule, failures: number, random: () => number): number {
  return random() * Math.min(rule.capMs, rule.baseMs * 2 ** (failures - 1));
}
