// The command line: what of it is a command, a flag or a mistake. Pure.
import { parseArgs } from 'node:util';
import { StepError } from '../text/errors.ts';
import { quoteValue } from '../text/text.ts';
import inputs from './inputs.json' with { type: 'json' };

/** What action.yml says of an input. */
export interface DescribedInput {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

/** Every input of the action by name. */
export const INPUTS: Readonly<Record<string, DescribedInput>> = inputs;

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
  const flags = Object.keys(INPUTS).filter((name) => !ENVIRONMENT_INPUTS.has(name) && !STEP_INPUTS.has(name));
  return command === 'doctor' ? flags.filter((name) => DOCTOR_INPUTS.has(name)) : flags;
}

/** Whether an input is true or false, so that its flag needs no value. */
export function isSwitch(input: string): boolean {
  return INPUTS[input]?.default === 'true' || INPUTS[input]?.default === 'false';
}

const NO_FLAGS = { values: new Map<string, string>(), json: false, yes: false };

/** A command line that is wrong; the message says how to write it. */
export class WrongUsage extends StepError {
  constructor(message: string) {
    super('usage-wrong', message);
  }
}

/**
 * Reads the arguments after the program's name.
 * @throws {WrongUsage}
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(
        Object.keys(INPUTS).map((name) => [name, { type: isSwitch(name) ? 'boolean' : 'string' } as const]),
      ),
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
  const flags = tokens.filter((token) => token.kind === 'option');
  if (args.length === 0 || args[0] === 'help' || flags.some(({ name }) => name === 'help')) {
    return { ...NO_FLAGS, command: 'help' };
  }
  if (flags.some(({ name }) => name === 'version')) return { ...NO_FLAGS, command: 'version' };
  // First of all, because what stands behind a misspelt flag may be a secret and must not be taken for a command.
  for (const { name, rawName } of flags) refuseForeignFlag(name, rawName);
  const [word = '', ...rest] = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const command = COMMANDS.find((name) => name === word);
  if (command === undefined) {
    throw new WrongUsage(`${quoteValue(word)} is not a command; the commands are ${COMMANDS.join(', ')}`);
  }
  for (const { name, rawName } of flags) {
    const isOwn =
      name === 'json' || (name === 'yes' && command === 'doctor') || listFlags(command).includes(name);
    if (!isOwn) throw new WrongUsage(`${quoteValue(rawName)} is not a flag of ${command}; see --help`);
  }
  if (rest[0] !== undefined) {
    throw new WrongUsage(
      `${quoteValue(rest[0])} is one argument too many; put patterns into quotes, so that the shell leaves them alone: --files 'whatsapp/**'`,
    );
  }
  const values = new Map<string, string>();
  for (const flag of flags) {
    if (flag.name === 'json' || flag.name === 'yes') {
      if (flag.rawName === `--${flag.name}` && flag.value === undefined) continue;
      throw new WrongUsage(`--${flag.name} takes no value; leave it out to say no`);
    }
    const value = readValue(flag);
    const isFurther = flag.name === 'files' && values.has('files');
    values.set(flag.name, isFurther ? `${values.get('files')}\n${value}` : value);
  }
  const isGiven = (name: string): boolean => flags.some((flag) => flag.name === name);
  return { command, values, json: isGiven('json'), yes: isGiven('yes') };
}

interface Flag {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Refuses what is no flag of any command, without repeating what was given. */
function refuseForeignFlag(name: string, rawName: string): void {
  if (ENVIRONMENT_INPUTS.has(name)) {
    throw new WrongUsage(
      `--${name} is a secret and no flag, as others can see those; set the variable ${nameVariable(name)}`,
    );
  }
  if (STEP_INPUTS.has(name)) throw new WrongUsage(`--${name} works in the GitHub action only`);
  if (name === 'json' || name === 'yes' || Object.hasOwn(INPUTS, name)) return;
  throw new WrongUsage(`${quoteValue(rawName)} is not a flag; see --help`);
}

function readValue({ name, rawName, value, inlineValue }: Flag): string {
  if (isSwitch(name)) return value ?? (rawName.startsWith('--no-') ? 'false' : 'true');
  if (value === undefined || (value.startsWith('--') && inlineValue !== true)) {
    throw new WrongUsage(`--${name} needs a value: --${name}=…`);
  }
  return value;
}
