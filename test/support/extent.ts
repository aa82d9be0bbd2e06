// How far tests go: a plain run takes what has a point of its own, `npm run test:full` everything.

/** Whether this is a full run. */
export const isFull = process.env.FULL === '1';

/** All rows of a table whose rows differ little; in a plain run one of so many. */
export function choose<T>(rows: readonly T[], oneOf: number): readonly T[] {
  return isFull ? rows : rows.filter((_, at) => at % oneOf === 0);
}

/** How often a property is tried with random values; in a plain run a fifth of it. */
export function triesOf(count: number): number {
  return isFull ? count : Math.ceil(count / 5);
}
