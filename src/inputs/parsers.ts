// The parsers of single inputs: each takes the text of an input, and throws when it is wrong.
import { findPatternFault, isExclusion, splitPatterns } from '../assets/patterns.ts';
import { parseShard, type Shard } from '../assets/shard.ts';
import { parseSafeUrl } from '../network/network.ts';
import { UPLOAD_PATH } from '../nxcloud/address.ts';
import { foldPhone } from '../text/redact.ts';
import { countOf } from '../text/text.ts';

/** The value of an input is wrong; the message goes on from the input's name and, where there is one, the quoted value. */
export class WrongValue extends Error {
  readonly value: string | undefined;

  constructor(what: string, value?: string) {
    super(what);
    this.value = value;
  }
}

export function keepText(text: string): string {
  return text;
}

/** A parser for inputs that may be left empty. */
export function optional<T>(parse: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text === '' ? undefined : parse(text));
}

/** Glob lines in order, without comments and empty lines. */
export function parsePatterns(text: string): readonly string[] {
  const lines = splitPatterns(text);
  if (lines.length === 0) {
    throw new WrongValue('is required: give glob patterns, one per line, for example whatsapp/**/*.png');
  }
  if (lines.every(isExclusion)) {
    throw new WrongValue('only excludes; add a pattern that includes files', lines.join(', '));
  }
  for (const line of lines) {
    const fault = findPatternFault(line);
    if (fault !== undefined) throw new WrongValue(fault, line);
  }
  return lines;
}

export function parseAccessKey(text: string): string {
  if (!/[^\x21-\x7e]/.test(text)) return text;
  throw new WrongValue(
    'contains spaces, line breaks or characters that an HTTP header cannot carry; paste it again',
  );
}

/** 7 to 15 digits, or nothing. */
export function parsePhone(text: string): string {
  if (text === '') return '';
  const digits = foldPhone(text);
  if (/^\d{7,15}$/.test(digits)) return digits;
  const shown = `"…${digits.replace(/\D/g, '').slice(-4)}" (${countOf(digits.length, 'character')})`;
  throw new WrongValue(
    `${shown} is not a phone number; give 7 to 15 digits with the country code; "+", spaces, dashes, dots, slashes and parentheses are dropped`,
  );
}

/** A branch by the rules of git-check-ref-format(1). */
export function parseBranch(text: string): string {
  const branch = text.replace(/^refs\/heads\//, '');
  const isWrong =
    branch === '' ||
    /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|^-|^@$/.test(branch) ||
    branch.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (isWrong) throw new WrongValue('is not a branch name', text);
  return branch;
}

export function parseBoolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new WrongValue('is not true or false', text);
}

/** A parser for one of some words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const value = allowed.find((candidate) => candidate === text);
    if (value !== undefined) return value;
    throw new WrongValue(`is not one of ${allowed.join(', ')}`, text);
  };
}

/** A parser for a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new WrongValue(`is not a whole number from ${least} to ${most}`, text);
  };
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

export function parseAge(text: string): number {
  const value = parseDuration(text);
  if (value >= HOUR) return value;
  throw new WrongValue(`is not ${DURATION_FORM} of at least 1h`, text);
}

/** Undefined ignores stated expiries. */
export function parseRenewBefore(text: string): number | undefined {
  if (text === 'never') return undefined;
  const value = parseDuration(text);
  if (value >= 0) return value;
  throw new WrongValue(`is neither ${DURATION_FORM} nor "never"`, text);
}

export function parseTimeout(text: string): number {
  const value = parseDuration(text);
  if (value >= 1000 && value <= LONGEST_TIMEOUT) return value;
  throw new WrongValue(`is not ${DURATION_FORM} from 1s to 24d`, text);
}

export function parseShare(text: string): Shard {
  const shard = parseShard(text);
  if (shard !== undefined) return shard;
  throw new WrongValue('is not a share like 2/4 (the second of four)', text);
}

export function parseApiUrl(text: string): URL {
  const url = parseSafeUrl(text);
  const fault =
    typeof url === 'string'
      ? url
      : /[?#]/.test(text) || url.pathname.replace(/\/+$/, '').endsWith(UPLOAD_PATH)
        ? 'has more than the host'
        : undefined;
  if (fault === undefined) return url as URL;
  // What stands before an @ is a password.
  const shown = text.includes('@') ? undefined : text;
  throw new WrongValue(`${fault}; give an address like https://api2.nxcloud.com`, shown);
}
