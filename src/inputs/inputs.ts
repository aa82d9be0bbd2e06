// The inputs: one table of their parsers, from text to one read-only `Inputs`.
import { findDefault } from './described.ts';
import * as parsers from './parsers.ts';
import type { Redactor } from '../text/redact.ts';

const MODES = ['check', 'output', 'commit', 'pull-request'] as const;

export type Mode = (typeof MODES)[number];

/** Whether a mode publishes the manifest on a branch. */
export function isPublishing(mode: Mode): boolean {
  return mode === 'commit' || mode === 'pull-request';
}

/** What each input becomes. Durations are milliseconds; undefined means that nothing was given. */
const PARSERS = {
  files: parsers.parsePatterns,
  'access-key': parsers.parseHeaderValue,
  'access-secret': parsers.keepText,
  'business-phone': parsers.parsePhone,
  mode: parsers.oneOf(MODES),
  'manifest-path': parsers.keepText,
  'working-directory': parsers.keepText,
  token: parsers.parseHeaderValue,
  'target-branch': parsers.optional(parsers.parseBranch),
  'commit-message': parsers.keepText,
  'pull-request-branch': parsers.optional(parsers.parseBranch),
  comment: parsers.parseBoolean,
  'require-current': parsers.parseBoolean,
  'if-no-files-found': parsers.oneOf(['error', 'warn', 'ignore']),
  'include-hidden-files': parsers.parseBoolean,
  force: parsers.parseBoolean,
  'max-age': parsers.optional(parsers.parseAge),
  'renew-before': parsers.parseRenewBefore,
  prune: parsers.parseBoolean,
  'media-checks': parsers.oneOf(['error', 'warn', 'off']),
  concurrency: parsers.wholeNumber(1, 32),
  retries: parsers.wholeNumber(0, 10),
  timeout: parsers.parseTimeout,
  shard: parsers.optional(parsers.parseShare),
  'signature-algorithm': parsers.oneOf(['md5', 'sha256']),
  'api-url': parsers.parseApiUrl,
  summary: parsers.parseBoolean,
  'report-path': parsers.optional(parsers.keepText),
} satisfies Readonly<Record<string, (text: string) => unknown>>;

/** The name of an input, as in action.yml. */
export type InputName = keyof typeof PARSERS;

/** `max-age` → `maxAge`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** Every input, parsed, by its name in camel case. */
export type Inputs = {
  readonly [Name in InputName as CamelCase<Name>]: ReturnType<(typeof PARSERS)[Name]>;
};

/** Parses all inputs, of which `getInput` gives the trimmed text. Those that are wrong are undefined, and told as faults. */
export function parseInputs(
  getInput: (name: InputName) => string,
  redact: Redactor,
): { readonly parsed: Partial<Inputs>; readonly faults: readonly string[] } {
  const faults = new parsers.InputFaults(redact);
  const parseOne = (name: InputName): unknown => PARSERS[name](getInput(name) || findDefault(name));
  const names = Object.keys(PARSERS) as InputName[];
  const parsed: Partial<Inputs> = Object.fromEntries(
    names.map((name) => [toCamelCase(name), faults.collect(name, () => parseOne(name))]),
  );
  if (parsed.comment === true && parsed.shard !== undefined)
    faults.list.push('comment: "true" cannot be combined with `shard`; leave one of them out');
  return { parsed, faults: faults.list };
}

function toCamelCase<Name extends InputName>(name: Name): CamelCase<Name> {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<Name>;
}

const CREDENTIALS = ['access-key', 'access-secret', 'business-phone'] as const;

/** The credential inputs that are needed to upload and missing; wrong ones (undefined) are not. */
export function findMissingCredentials(inputs: Partial<Inputs>): readonly InputName[] {
  return CREDENTIALS.filter((name) => inputs[toCamelCase(name)] === '');
}
