// How long to wait before trying again, whichever server it is.

/** A random delay after so many failures, at most `baseMs` × 2^(failures − 1) and `capMs`; `random` gives 0 to 1. */
export function computeBackoff(
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  failures: number,
  random: () => number,
): number {
  return random() * Math.min(capMs, baseMs * 2 ** (failures - 1));
}

/** The value of a reply's header by its lower-case name, or undefined. */
export type HeaderLookup = (name: string) => string | undefined;

const MAX_RETRY_AFTER_MS = 60_000;

/** `Retry-After` as milliseconds from now: seconds or a date, at most `capMs`; undefined when absent or unreadable. */
export function parseRetryAfter(
  header: HeaderLookup,
  now: number,
  capMs = MAX_RETRY_AFTER_MS,
): number | undefined {
  const value = header('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, capMs);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  // Measured by the server's own clock where it tells the time.
  const from = parseServerTime(header) ?? now;
  return Math.min(Math.max(0, until - from), capMs);
}

/** The server's time by its `Date` header, in milliseconds since 1970; undefined where it does not tell. */
export function parseServerTime(header: HeaderLookup): number | undefined {
  return parseHttpDate(header('date') ?? '');
}

function parseHttpDate(value: string): number | undefined {
  // HTTP dates begin with the day's name; `Date.parse` alone would take almost anything.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  // All mean GMT, and one without a zone, as the oldest form is, would be taken for this machine's time.
  const time = Date.parse(value.replace(/ \d\d:\d\d:\d\d(?: \d{4})?$/, '$& GMT'));
  return Number.isNaN(time) ? undefined : time;
}
