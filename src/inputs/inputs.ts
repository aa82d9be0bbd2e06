// The inputs: what action.yml says of them, and one table of their parsers, from text to one read-only `Inputs`.
import described from './described.json' with { type: 'json' };
import type { InputFaults } from './faults.ts';
import {
  keepText,
  oneOf,
  optional,
  parseAccessKey,
  parseAge,
  parseApiUrl,
  parseBoolean,
  parseBranch,
  parsePatterns,
  parsePhone,
  parseRenewBefore,
  parseShare,
  parseTimeout,
  wholeNumber,
} from './parsers.ts';

interface DescribedInput {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

/** Every input by name, in the order of action.yml. `npm run docs` writes the file. */
export const DESCRIBED_INPUTS: Readonly<Record<string, DescribedInput>> = described;

/** What an input that is left empty stands for; expressions are for GitHub to evaluate. */
export function findDefault(name: string): string {
  const text = DESCRIBED_INPUTS[name]?.default ?? '';
  return text.startsWith('${{') ? '' : text;
}

const MODES = ['check', 'output', 'commit', 'pull-request'] as const;

export type Mode = (typeof MODES)[number];

/** Whether a mode publishes the manifest on a branch. */
export function isPublishing(mode: Mode): boolean {
  return mode === 'commit' || mode === 'pull-request';
}

/** What each input becomes. Durations are milliseconds; undefined means that nothing was given. */
const PARSERS = {
  files: parsePatterns,
  'access-key': parseAccessKey,
  'access-secret': keepText,
  'business-phone': parsePhone,
  mode: oneOf(MODES),
  'manifest-path': keepText,
  'working-directory': keepText,
  token: keepText,
  'target-branch': optional(parseBranch),
  'commit-message': keepText,
  'pull-request-branch': optional(parseBranch),
  comment: parseBoolean,
  'require-current': parseBoolean,
  'if-no-files-found': oneOf(['error', 'warn', 'ignore']),
  'include-hidden-files': parseBoolean,
  force: parseBoolean,
  'max-age': optional(parseAge),
  'renew-before': parseRenewBefore,
  prune: parseBoolean,
  'media-checks': oneOf(['error', 'warn', 'off']),
  concurrency: wholeNumber(1, 32),
  retries: wholeNumber(0, 10),
  timeout: parseTimeout,
  shard: optional(parseShare),
  'signature-algorithm': oneOf(['md5', 'sha256']),
  'api-url': parseApiUrl,
  summary: parseBoolean,
  'report-path': optional(keepText),
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

/** Parses all inputs, of which `readInput` gives the trimmed text. Those that are wrong are noted, and undefined. */
export function parseInputs(readInput: (name: InputName) => string, faults: InputFaults): Partial<Inputs> {
  const parseOne = (name: InputName): unknown => PARSERS[name](readInput(name) || findDefault(name));
  const names = Object.keys(PARSERS) as InputName[];
  const parsed: Partial<Inputs> = Object.fromEntries(
    names.map((name) => [toCamelCase(name), faults.collect(name, () => parseOne(name))]),
  );
  if (parsed.comment === true && parsed.shard !== undefined)
    faults.list.push('comment: "true" cannot be combined with `shard`; leave one of them out');
  return parsed;
}

function toCamelCase<Name extends InputName>(name: Name): CamelCase<Name> {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<Name>;
}

const CREDENTIALS = ['access-key', 'access-secret', 'business-phone'] as const;

/** The credential inputs that are needed to upload and missing; wrong ones (undefined) are not. */
export function findMissingCredentials(inputs: Partial<Inputs>): readonly InputName[] {
  return CREDENTIALS.filter((name) => inputs[toCamelCase(name)] === '');
}
