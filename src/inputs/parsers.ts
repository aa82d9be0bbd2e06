// The parsers of single inputs: each takes the text of an input, and throws when it is wrong, which is told without secrets.
import { findPatternFault, isExclusion, splitPatterns } from '../assets/patterns.ts';
import { parseShard } from '../assets/shard.ts';
import { parseSafeUrl } from '../network/network.ts';
import { UPLOAD_PATH } from '../nxcloud/call.ts';
import { foldPhone, type Redactor } from '../text/redact.ts';
import { countOf, quoteInput } from '../text/text.ts';

/** The value of an input is wrong; the message goes on from the input's name and, where there is one, the quoted value. */
export class WrongValue extends Error {
  readonly value: string | undefined;

  constructor(what: string, value?: string) {
    super(what);
    this.value = value;
  }
}

/** Collects all that is wrong with inputs, in sentences without their full stop. */
export class InputFaults {
  readonly list: string[] = [];
  readonly #redact: Redactor;

  constructor(redact: Redactor) {
    this.#redact = redact;
  }

  /** What `parse` makes of an input; undefined when it is wrong, which is noted. */
  collect<T>(name: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      const { value, message } = error;
      const quoted = value === undefined ? '' : `${quoteInput(this.#redact(value))} `;
      this.list.push(`${name}: ${quoted}${message}`);
      return undefined;
    }
  }
}

export function keepText(text: string): string {
  return text;
}

/** A parser for inputs that may be left empty. */
export function optional<T>(parse: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text === '' ? undefined : parse(text));
}

/** A parser that takes what `parse` makes of a text; `what` is wrong with one of which it makes nothing. */
function orWrong<T>(what: string, parse: (text: string) => T | undefined): (text: string) => T {
  return (text) => {
    const value = parse(text);
    if (value === undefined) throw new WrongValue(what, text);
    return value;
  };
}

/** Glob lines in order, without comments and empty lines. */
export function parsePatterns(text: string): readonly string[] {
  const lines = splitPatterns(text);
  if (lines.length === 0)
    throw new WrongValue('is required: give glob patterns, one per line, for example whatsapp/**/*.png');
  if (lines.every(isExclusion))
    throw new WrongValue('only excludes; add a pattern that includes files', lines.join(', '));
  for (const line of lines) {
    const fault = findPatternFault(line);
    if (fault !== undefined) throw new WrongValue(fault, line);
  }
  return lines;
}

/** What is sent in a header. */
export function parseHeaderValue(text: string): string {
  if (!/[^\x21-\x7e]/.test(text)) return text;
  throw new WrongValue(
    'contains spaces, line breaks or characters that an HTTP header cannot carry; paste it again',
  );
}

/** 7 to 15 digits, or nothing. */
export function parsePhone(text: string): string {
  const digits = foldPhone(text);
  if (text === '' || /^\d{7,15}$/.test(digits)) return digits;
  const shown = `"…${digits.replace(/\D/g, '').slice(-4)}" (${countOf(digits.length, 'character')})`;
  throw new WrongValue(
    `${shown} is not a phone number; give 7 to 15 digits with the country code; "+", spaces, dashes, dots, slashes and parentheses are dropped`,
  );
}

/** A branch by the rules of git-check-ref-format(1). */
export const parseBranch = orWrong('is not a branch name', (text) => {
  const branch = text.replace(/^refs\/heads\//, '');
  const isWrong =
    branch === '' ||
    /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|^-|^@$/.test(branch) ||
    branch.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  return isWrong ? undefined : branch;
});

export const parseBoolean = orWrong('is not true or false', (text) => {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  return /^(false|False|FALSE)$/.test(text) ? false : undefined;
});

/** A parser for one of some words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => T {
  return orWrong(`is not one of ${allowed.join(', ')}`, (text) => allowed.find((word) => word === text));
}

/** A parser for a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return orWrong(`is not a whole number from ${least} to ${most}`, (text) =>
    /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined,
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const HOUR = 3_600_000;
/** Timers of Node.js take no more than 2^31 milliseconds. */
const LONGEST_TIMEOUT = 24 * 24 * HOUR;
const DURATION_FORM = 'a duration like 90s, 15m, 24h or 3d';

/** Milliseconds of `90s`, `15m`, `24h` or `3d`, or NaN for anything else. */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return Number(number) * (UNIT_MS[unit] ?? Number.NaN);
}

function duration(what: string, least: number, most = Number.POSITIVE_INFINITY): (text: string) => number {
  return orWrong(what, (text) => {
    const value = parseDuration(text);
    return value >= least && value <= most ? value : undefined;
  });
}

export const parseAge = duration(`is not ${DURATION_FORM} of at least 1h`, HOUR);
export const parseTimeout = duration(`is not ${DURATION_FORM} from 1s to 24d`, 1000, LONGEST_TIMEOUT);
const parseLead = duration(`is neither ${DURATION_FORM} nor "never"`, 0);

/** Undefined ignores stated expiries. */
export function parseRenewBefore(text: string): number | undefined {
  return text === 'never' ? undefined : parseLead(text);
}

export const parseShare = orWrong('is not a share like 2/4 (the second of four)', parseShard);

export function parseApiUrl(text: string): URL {
  const url = parseSafeUrl(text);
  const isRight =
    typeof url !== 'string' && !/[?#]/.test(text) && !url.pathname.replace(/\/+$/, '').endsWith(UPLOAD_PATH);
  if (isRight) return url;
  const fault = typeof url === 'string' ? url : 'has more than the host';
  // What stands before an @ is a password.
  const shown = text.includes('@') ? undefined : text;
  throw new WrongValue(`${fault}; give an address like https://api2.nxcloud.com`, shown);
}
