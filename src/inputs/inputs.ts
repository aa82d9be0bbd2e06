// The inputs: every rule about a single value, from text to one read-only `Inputs`.
import { parseDuration } from './duration.ts';
import type { SignatureAlgorithm } from '../nxcloud/signature.ts';
import { isLoopbackHost } from '../network/network.ts';
import { countOf, quoteValue } from '../text/text.ts';

const MODES = ['check', 'output', 'commit', 'pull-request'] as const;
const LEVELS = ['error', 'warn', 'off'] as const;
const EMPTY_POLICIES = ['error', 'warn', 'ignore'] as const;

export type Mode = (typeof MODES)[number];

/** Whether a mode publishes the manifest on a branch. */
export function isPublishing(mode: Mode): boolean {
  return mode === 'commit' || mode === 'pull-request';
}

/** What the image, video and PDF rules do. */
export type MediaChecks = (typeof LEVELS)[number];

/** Every input, parsed. Durations are milliseconds. Empty text means "not given" where a type allows undefined. */
export interface Inputs {
  /** Glob lines in order, without comments and empty lines. */
  readonly files: readonly string[];
  readonly accessKey: string;
  readonly accessSecret: string;
  /** 7 to 15 digits, or empty. */
  readonly businessPhone: string;
  readonly mode: Mode;
  readonly manifestPath: string;
  readonly workingDirectory: string;
  readonly token: string;
  readonly targetBranch: string | undefined;
  readonly commitMessage: string;
  readonly pullRequestBranch: string | undefined;
  readonly comment: boolean;
  readonly requireCurrent: boolean;
  readonly ifNoFilesFound: (typeof EMPTY_POLICIES)[number];
  readonly includeHiddenFiles: boolean;
  readonly force: boolean;
  readonly maxAge: number | undefined;
  /** Undefined ignores stated expiries. */
  readonly renewBefore: number | undefined;
  readonly prune: boolean;
  readonly mediaChecks: MediaChecks;
  readonly concurrency: number;
  readonly retries: number;
  readonly timeout: number;
  readonly shard: Shard | undefined;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly apiUrl: URL;
  readonly summary: boolean;
  readonly reportPath: string | undefined;
}

/** Share `index` (from 1) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The default of each input that has one, for inputs that are left empty. A test holds it to `action.yml`. */
export const INPUT_DEFAULTS = {
  mode: 'output',
  'manifest-path': 'nxcloud-assets.json',
  'working-directory': '.',
  'commit-message': 'chore: update NXCloud asset manifest',
  comment: 'false',
  'require-current': 'false',
  'if-no-files-found': 'warn',
  'include-hidden-files': 'false',
  force: 'false',
  'renew-before': '0h',
  prune: 'true',
  'media-checks': 'error',
  concurrency: '4',
  retries: '4',
  timeout: '120s',
  'signature-algorithm': 'md5',
  'api-url': 'https://api2.nxcloud.com',
  summary: 'true',
} as const satisfies Readonly<Record<string, string>>;

/** Thrown inside a parser; becomes one line of the message that lists all wrong inputs. */
class WrongValue extends Error {}

/**
 * Parses all inputs. `read` gives the trimmed text of an input, empty when it is not set. Never throws: all wrong
 * inputs are returned together, each naming the input, the value and what is allowed.
 */
export function parseInputs(read: (name: string) => string): ParsedInputs {
  const faults: string[] = [];
  function parse<T>(name: string, parser: (text: string) => T): T | undefined {
    const text =
      read(name) || (Object.hasOwn(INPUT_DEFAULTS, name) ? INPUT_DEFAULTS[name as DefaultedInput] : '');
    try {
      return parser(text);
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      faults.push(`${name}: ${error.message}`);
      return undefined;
    }
  }
  const parsed: { [Key in keyof Inputs]: Inputs[Key] | undefined } = {
    files: parse('files', parsePatterns),
    accessKey: parse('access-key', parseAccessKey),
    accessSecret: parse('access-secret', (text) => text),
    businessPhone: parse('business-phone', parsePhone),
    mode: parse('mode', oneOf(MODES)),
    manifestPath: parse('manifest-path', (text) => text),
    workingDirectory: parse('working-directory', (text) => text),
    token: parse('token', (text) => text),
    targetBranch: parse('target-branch', parseBranch),
    commitMessage: parse('commit-message', (text) => text),
    pullRequestBranch: parse('pull-request-branch', parseBranch),
    comment: parse('comment', parseBoolean),
    requireCurrent: parse('require-current', parseBoolean),
    ifNoFilesFound: parse('if-no-files-found', oneOf(EMPTY_POLICIES)),
    includeHiddenFiles: parse('include-hidden-files', parseBoolean),
    force: parse('force', parseBoolean),
    maxAge: parse('max-age', (text) => (text === '' ? undefined : parseAge(text))),
    renewBefore: parse('renew-before', parseRenewBefore),
    prune: parse('prune', parseBoolean),
    mediaChecks: parse('media-checks', oneOf(LEVELS)),
    concurrency: parse('concurrency', wholeNumber(1, 32)),
    retries: parse('retries', wholeNumber(0, 10)),
    timeout: parse('timeout', parseTimeout),
    shard: parse('shard', parseShard),
    signatureAlgorithm: parse('signature-algorithm', oneOf(['md5', 'sha256'])),
    apiUrl: parse('api-url', parseApiUrl),
    summary: parse('summary', parseBoolean),
    reportPath: parse('report-path', (text) => text || undefined),
  };
  if (parsed.comment === true && parsed.shard !== undefined) {
    faults.push('comment: "true" cannot be combined with `shard`; leave one of them out');
  }
  return { parsed, inputs: faults.length > 0 ? undefined : (parsed as Inputs), faults };
}

/** Inputs after parsing: `parsed` holds undefined for those that are wrong, `inputs` is undefined when any is. */
export interface ParsedInputs {
  readonly parsed: { readonly [Key in keyof Inputs]: Inputs[Key] | undefined };
  readonly inputs: Inputs | undefined;
  readonly faults: readonly string[];
}

type DefaultedInput = keyof typeof INPUT_DEFAULTS;

/** The credential inputs that are needed to upload and missing; wrong ones (undefined) are not. */
export function findMissingCredentials(
  inputs: Pick<ParsedInputs['parsed'], 'accessKey' | 'accessSecret' | 'businessPhone'>,
): readonly string[] {
  const needed = {
    'access-key': inputs.accessKey,
    'access-secret': inputs.accessSecret,
    'business-phone': inputs.businessPhone,
  };
  return Object.entries(needed)
    .filter(([, value]) => value === '')
    .map(([name]) => name);
}

/** Far more than a path can have; @actions/glob fails on 65 536. */
const MAX_PATTERN_LENGTH = 10_000;

function parsePatterns(text: string): readonly string[] {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (!lines.some((line) => !isExclusion(line))) {
    throw new WrongValue(
      lines.length === 0
        ? 'is required: give glob patterns, one per line, for example whatsapp/**/*.png'
        : `${quoteValue(lines.join(', '))} only excludes; add a pattern that includes files`,
    );
  }
  for (const line of lines) {
    const pattern = line.replace(/^[!\s]+/, '');
    if (pattern === '')
      throw new WrongValue(`${quoteValue(line)} excludes nothing; write a pattern after "!"`);
    if (pattern.length > MAX_PATTERN_LENGTH) {
      throw new WrongValue(
        `${quoteValue(line)} has ${pattern.length} characters; at most ${MAX_PATTERN_LENGTH} are matched`,
      );
    }
    if (pattern === '~' || /^~[/\\]/.test(pattern)) {
      throw new WrongValue(
        `${quoteValue(line)} leads to the home folder; patterns stay inside the repository`,
      );
    }
    if (hasDotSegment(pattern)) {
      throw new WrongValue(
        `${quoteValue(line)} contains a "." or ".." segment; write paths relative to the repository's root`,
      );
    }
  }
  return lines;
}

/** Whether `.` (but for a leading `./`) or `..` is a segment, also written as `[.]`: @actions/glob refuses both. */
function hasDotSegment(pattern: string): boolean {
  const plain = pattern.replaceAll('[.]', '.');
  const segments = plain.replace(/^\.(?=[/\\]|$)/, '').split(/[/\\]/);
  return segments.some((segment) => segment === '.' || segment === '..');
}

/** Whether a pattern line excludes: an odd number of leading `!`, as @actions/glob reads them. */
export function isExclusion(line: string): boolean {
  return (/^[!\s]*/.exec(line)?.[0].replace(/\s/g, '').length ?? 0) % 2 === 1;
}

function parseAccessKey(text: string): string {
  if (/[^\x21-\x7e]/.test(text)) {
    throw new WrongValue(
      'contains spaces, line breaks or characters that an HTTP header cannot carry; paste it again',
    );
  }
  return text;
}

function parsePhone(text: string): string {
  if (text === '') return '';
  const digits = text.replace(/[+\s()\u2010-\u2015-]/g, '');
  if (/^\d{7,15}$/.test(digits)) return digits;
  const shown = `"…${digits.replace(/\D/g, '').slice(-4)}" (${countOf(digits.length, 'character')})`;
  throw new WrongValue(
    `${shown} is not a phone number; give 7 to 15 digits with the country code; "+", spaces, "-", "(" and ")" are dropped`,
  );
}

function parseBranch(text: string): string | undefined {
  if (text === '') return undefined;
  const branch = text.replace(/^refs\/heads\//, '');
  // The rules of git-check-ref-format(1).
  const wrong =
    branch === '' ||
    /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|^-|^@$/.test(branch) ||
    branch.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (wrong) throw new WrongValue(`${quoteValue(text)} is not a branch name`);
  return branch;
}

function parseBoolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new WrongValue(`${quoteValue(text)} is not true or false`);
}

function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const value = allowed.find((candidate) => candidate === text);
    if (value !== undefined) return value;
    throw new WrongValue(`${quoteValue(text)} is not one of ${allowed.join(', ')}`);
  };
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new WrongValue(`${quoteValue(text)} is not a whole number from ${least} to ${most}`);
  };
}

const HOUR = 3_600_000;
/** Timers of Node.js take no more than 2^31 milliseconds. */
const LONGEST_TIMEOUT = 24 * 24 * HOUR;
const DURATION_FORM = 'a duration like 90s, 15m, 24h or 3d';

function parseAge(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value < HOUR) {
    throw new WrongValue(`${quoteValue(text)} is not ${DURATION_FORM} of at least 1h`);
  }
  return value;
}

function parseRenewBefore(text: string): number | undefined {
  if (text === 'never') return undefined;
  const value = parseDuration(text);
  if (value === undefined)
    throw new WrongValue(`${quoteValue(text)} is neither ${DURATION_FORM} nor "never"`);
  return value;
}

function parseTimeout(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value < 1000 || value > LONGEST_TIMEOUT) {
    throw new WrongValue(`${quoteValue(text)} is not ${DURATION_FORM} from 1s to 24d`);
  }
  return value;
}

function parseShard(text: string): Shard | undefined {
  if (text === '') return undefined;
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && index >= 1 && index <= count) return { index, count };
  throw new WrongValue(`${quoteValue(text)} is not a share like 2/4 (the second of four)`);
}

const UPLOAD_PATH = '/api/wa/uploadTemplateFile';
/** What an address has that is one to the letter: a URL parser takes, drops and adds much more. */
const PLAIN_ADDRESS = /^[a-z]+:\/\/[^\s\\\x00-\x1f\x7f]+$/i;

function parseApiUrl(text: string): URL {
  const url = PLAIN_ADDRESS.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  const allowed = 'give an address like https://api2.nxcloud.com';
  if (url === undefined) throw new WrongValue(`${quoteValue(text)} is not an address; ${allowed}`);
  if (url.username !== '' || url.password !== '') {
    throw new WrongValue(`the address contains a user name or password; ${allowed}`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    throw new WrongValue(`${quoteValue(text)} is not https; http is allowed for loopback hosts only`);
  }
  if (/[?#]/.test(text) || url.pathname.replace(/\/+$/, '').endsWith(UPLOAD_PATH)) {
    throw new WrongValue(`${quoteValue(text)} has more than the host; ${allowed}`);
  }
  return url;
}

/** The address uploads go to. */
export function buildUploadUrl(apiUrl: URL): URL {
  return new URL(apiUrl.pathname.replace(/\/+$/, '') + UPLOAD_PATH, apiUrl);
}
