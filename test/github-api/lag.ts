// Lets a number of reads still see what was there before a write.

export class Lag<T> {
  readonly #before = new Map<string, { readonly value: T; reads: number }>();

  /** The next so many reads of this key give the value from before. */
  remember(key: string, value: T, reads: number): void {
    this.#before.set(key, { value, reads });
  }

  /** The value as a read sees it that really is `now`. */
  read(key: string, now: T): T {
    const before = this.#before.get(key);
    if (before === undefined || before.reads === 0) return now;
    before.reads -= 1;
    return before.value;
  }
}
