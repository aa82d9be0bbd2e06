// The command line: what of it is a command, a flag or a mistake. Pure.
import { parseArgs } from 'node:util';
import { DESCRIBED_INPUTS } from '../inputs/described.ts';
import { StepError } from '../text/errors.ts';
import { quoteValue } from '../text/text.ts';

export const COMMANDS = ['check', 'upload', 'doctor'] as const;

export type Command = (typeof COMMANDS)[number];

/** A command line without mistakes. `values` holds what flags say of inputs. */
export interface CommandLine {
  readonly command: Command | 'help' | 'version';
  readonly values: ReadonlyMap<string, string>;
  readonly json: boolean;
  readonly yes: boolean;
}

/** Inputs that come from the environment only: others see flags, and shells remember them. */
export const ENVIRONMENT_INPUTS: ReadonlySet<string> = new Set(['access-key', 'access-secret']);

/** Inputs that mean nothing outside of a GitHub workflow; the command itself is the mode. */
export const STEP_INPUTS: ReadonlySet<string> = new Set([
  'mode',
  'token',
  'target-branch',
  'commit-message',
  'pull-request-branch',
  'comment',
  'summary',
]);

/** What `doctor` needs of the inputs besides the credentials. */
const DOCTOR_INPUTS: ReadonlySet<string> = new Set(['business-phone', 'api-url', 'timeout']);

/** The variable of the environment that gives an input: `NXCLOUD_ACCESS_KEY`. */
export function nameVariable(input: string): string {
  return `NXCLOUD_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** The inputs that are flags of a command, in the order of action.yml. */
export function listFlags(command: Command): readonly string[] {
  const flags = Object.keys(DESCRIBED_INPUTS).filter(
    (name) => !ENVIRONMENT_INPUTS.has(name) && !STEP_INPUTS.has(name),
  );
  return command === 'doctor' ? flags.filter((name) => DOCTOR_INPUTS.has(name)) : flags;
}

/** Whether an input is true or false, so that its flag needs no value. */
export function isSwitch(input: string): boolean {
  return DESCRIBED_INPUTS[input]?.default === 'true' || DESCRIBED_INPUTS[input]?.default === 'false';
}

/** A command line that is wrong; the message says how to write it. */
export class WrongUsage extends StepError {
  constructor(message: string) {
    super('usage-wrong', message);
  }
}

interface Flag {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/**
 * Parses the arguments after the program's name.
 * @throws {WrongUsage}
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { flags, words } = splitArguments(args);
  const isGiven = (name: string): boolean => flags.some((flag) => flag.name === name);
  const options = { json: isGiven('json'), yes: isGiven('yes') };
  if (args.length === 0 || args[0] === 'help' || isGiven('help')) {
    return { command: 'help', values: new Map(), ...options };
  }
  if (isGiven('version')) return { command: 'version', values: new Map(), ...options };
  // First of all, because what stands behind a misspelt flag may be a secret and must not be taken for a command.
  for (const flag of flags) refuseForeignFlag(flag);
  const command = parseCommand(words);
  for (const flag of flags) refuseFlagOfOthers(flag, command);
  return { command, values: collectValues(flags), ...options };
}

function splitArguments(args: readonly string[]): {
  readonly flags: readonly Flag[];
  readonly words: readonly string[];
} {
  const inputs = Object.keys(DESCRIBED_INPUTS).map(
    (name) => [name, { type: isSwitch(name) ? 'boolean' : 'string' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(inputs),
      json: { type: 'boolean' },
      yes: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  return {
    flags: tokens.filter((token) => token.kind === 'option'),
    words: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
  };
}

function parseCommand([word = '', extra]: readonly string[]): Command {
  const command = COMMANDS.find((name) => name === word);
  if (command === undefined) {
    throw new WrongUsage(`${quoteValue(word)} is not a command; the commands are ${COMMANDS.join(', ')}`);
  }
  if (extra === undefined) return command;
  throw new WrongUsage(
    `${quoteValue(extra)} is one argument too many; put patterns into quotes, so that the shell leaves them alone: --files 'whatsapp/**'`,
  );
}

/** Refuses what is no flag of any command, without repeating what was given. */
function refuseForeignFlag({ name, rawName }: Flag): void {
  if (ENVIRONMENT_INPUTS.has(name)) {
    throw new WrongUsage(
      `--${name} is a secret and no flag, as others can see those; set the variable ${nameVariable(name)}`,
    );
  }
  if (STEP_INPUTS.has(name)) throw new WrongUsage(`--${name} works in the GitHub action only`);
  if (name === 'json' || name === 'yes' || Object.hasOwn(DESCRIBED_INPUTS, name)) return;
  throw new WrongUsage(`${quoteValue(rawName)} is not a flag; see --help`);
}

function refuseFlagOfOthers({ name, rawName, value }: Flag, command: Command): void {
  const isOption = name === 'json' || (name === 'yes' && command === 'doctor');
  if (!isOption && !listFlags(command).includes(name)) {
    throw new WrongUsage(`${quoteValue(rawName)} is not a flag of ${command}; see --help`);
  }
  if (isOption && (rawName !== `--${name}` || value !== undefined)) {
    throw new WrongUsage(`--${name} takes no value; leave it out to say no`);
  }
}

function collectValues(flags: readonly Flag[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const flag of flags.filter(({ name }) => Object.hasOwn(DESCRIBED_INPUTS, name))) {
    const { name } = flag;
    const value = findValue(flag);
    values.set(name, name === 'files' && values.has(name) ? `${values.get(name)}\n${value}` : value);
  }
  return values;
}

function findValue({ name, rawName, value, inlineValue }: Flag): string {
  if (isSwitch(name)) return value ?? (rawName.startsWith('--no-') ? 'false' : 'true');
  if (value === undefined || (value.startsWith('--') && inlineValue !== true)) {
    throw new WrongUsage(`--${name} needs a value: --${name}=…`);
  }
  return value;
}
