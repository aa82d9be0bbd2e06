// The command line: what of it is a command, a flag or a mistake.
import { type AddHelpTextContext, Command, CommanderError, Option } from 'commander';
import { DESCRIBED_INPUTS, findDefault, nameVariable } from '../inputs/described.ts';
import { StepError } from '../text/errors.ts';
import { ENVIRONMENT_INPUTS, INPUT_FLAGS, nameFlags, STEP_INPUTS } from './command-host.ts';

/** Flags that are no inputs. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  '--json': 'Print one JSON document instead of text.',
  '--yes': 'Do not ask before sending.',
  '--manifest <path>': `The manifest with the IDs. (default: ${findDefault('manifest-path')})`,
  '--out <path>': 'Write the result to this file instead of printing it.',
};

const RUN_FLAGS = [...INPUT_FLAGS, 'json'];
/** Flags that are about sending. */
const SEND_FLAGS = new Set(['concurrency', 'retries', 'timeout', 'signature-algorithm']);

/** The commands: what each does, its flags and examples. */
const COMMANDS: Readonly<
  Record<string, readonly [about: string, flags: readonly string[], ...examples: string[]]>
> = {
  check: [
    'Judge the assets, and name what would be uploaded and removed.',
    RUN_FLAGS.filter((name) => !SEND_FLAGS.has(name)),
    'check',
    "check --files 'media/**' --report-path g.html",
  ],
  upload: [
    'Upload what is not current, and write the manifest.',
    RUN_FLAGS,
    'upload',
    'upload --no-prune --max-age 3d',
  ],
  doctor: [
    'Tell what only a live account can tell; asks before it sends anything.',
    ['business-phone', 'timeout', 'api-url', 'json', 'yes'],
    'doctor',
    'doctor --yes --json',
  ],
  'fill <template>': [
    'Put file IDs into a template, in the place of paths of assets.',
    ['manifest', 'out'],
    'fill whatsapp/promo/template.json',
    'fill promo.json --out filled.json',
  ],
};

/** What stands below the commands. */
const NOTES = `Each flag of an input can also come from a variable, --manifest-path from NXCLOUD_MANIFEST_PATH; the flag wins. Secrets come from variables only: NXCLOUD_ACCESS_KEY, NXCLOUD_ACCESS_SECRET.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line or an input is wrong, be it a flag or a variable; nothing was done`;

/** A command line without mistakes. */
export interface CommandLine {
  readonly command: string;
  /** What stands behind the command. */
  readonly words: readonly string[];
  /** What flags say, by name; of switches `true` or `false`. */
  readonly values: ReadonlyMap<string, string>;
}

/** Where help goes. */
export interface HelpOptions {
  readonly version: string;
  /** Width of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly print: (text: string) => void;
}

/** A command line that is wrong; the message says how to write it. */
export class WrongUsage extends StepError {
  constructor(message: string) {
    super('usage-wrong', message);
  }
}

/**
 * Parses the arguments after the program's name; undefined when they ask for help or the version, which are printed.
 * @throws {WrongUsage}
 */
export function parseCommandLine(args: readonly string[], help: HelpOptions): CommandLine | undefined {
  let line: CommandLine | undefined;
  const program = makeProgram(help);
  for (const [usage, [about, flags, ...examples]] of Object.entries(COMMANDS)) {
    const command = program.command(usage).description(about);
    const lines = examples.map((text) => `\n  npx ${program.name()} ${text}`);
    command.addHelpText('after', wrapText(`Examples:${lines.join('')}`));
    command.action((...given: readonly unknown[]) => {
      const words = given.filter((word) => typeof word === 'string');
      line = { command: command.name(), words, values: collectValues(command, flags) };
    });
  }
  try {
    const prepared = args.map((_, at) => prepareArgument(program, args, at));
    program.parse(args.length === 0 ? ['--help'] : prepared, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw describeMistake(error);
  }
  return line;
}

/** The program with all flags, so that they may stand before the command as well. */
function makeProgram({ version, columns = 80, print }: HelpOptions): Command {
  const program = new Command('nxcloud-template-assets');
  const flags = new Map(Object.entries(COMMANDS).map(([usage, [, own]]) => [usage.split(' ')[0], own]));
  program
    .description('Uploads changed WhatsApp template media to NXCloud and keeps a manifest of file IDs.')
    .version(version, '--version', 'Print the version.')
    .helpCommand('help [command]', 'Print the help of a command, with its flags.')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .configureHelp({
      helpWidth: Math.min(Math.max(columns, 60), 100),
      minWidthToWrap: 20,
      visibleOptions: (command) => {
        const shown = flags.get(command.name()) ?? ['version'];
        return program.options.filter((option) => shown.includes(option.name()));
      },
      optionTerm: (option) => (isSwitch(option.name()) ? `--[no-]${option.name()}` : option.flags),
    });
  for (const option of INPUT_FLAGS.flatMap(makeOptions)) program.addOption(option);
  for (const [flag, about] of Object.entries(OWN_FLAGS)) program.option(flag, about);
  return program.addHelpText('after', wrapText(NOTES));
}

/** A text below the help of a command, as wide as the rest. */
function wrapText(text: string): (context: AddHelpTextContext) => string {
  return ({ command }) => {
    const help = command.createHelp();
    return `\n${help.boxWrap(text, help.helpWidth ?? 0)}`;
  };
}

/** The flags of an input, with what action.yml says of it. */
function makeOptions(name: string): readonly Option[] {
  const text = nameFlags(DESCRIBED_INPUTS[name]?.description ?? '')
    .replace(' Not needed in `check`.', '') // the help of all commands has this text
    .replaceAll('`', '');
  const value =
    name === 'files' ? "topmost folders of the manifest's entries, else whatsapp/**" : findDefault(name);
  const about = value === '' ? text : `${text} (default: ${value})`;
  if (isSwitch(name)) return [new Option(`--${name}`, about), new Option(`--no-${name}`)];
  const option = new Option(`--${name} <value>`, about);
  const join = (given: string, before?: string): string =>
    before === undefined ? given : `${before}\n${given}`;
  return [name === 'files' ? option.argParser(join) : option];
}

/** Whether an input is true or false, so that its flag needs no value. */
function isSwitch(input: string): boolean {
  return ['true', 'false'].includes(findDefault(input));
}

/** Refuses what must not be a flag, and what the library would take for a value; cuts off what it would repeat. */
function prepareArgument(program: Command, args: readonly string[], at: number): string {
  const [arg = '', next] = args.slice(at);
  const find = (flag = '') => program.options.find(({ long }) => long === flag);
  if (find(args[at - 1])?.required) return arg;
  const [, flag = '', value] = /^(--?[^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
  const name = flag.slice(2);
  if (ENVIRONMENT_INPUTS.has(name)) {
    throw new WrongUsage(
      `${flag} is a secret and no flag, as others can see those; set the variable ${nameVariable(name)}`,
    );
  }
  if (STEP_INPUTS.has(name)) throw new WrongUsage(`${flag} works in the GitHub action only`);
  const option = find(flag);
  if (option?.required && value === undefined && (next === undefined || next.startsWith('--')))
    throw new WrongUsage(`${flag} needs a value: ${flag}=…`);
  if (option?.required || value === undefined) return arg;
  // What stands behind a misspelt flag may be a secret.
  if (option === undefined) return flag;
  if (isSwitch(name) && value === 'true') return flag;
  if (isSwitch(name) && value === 'false') return `--no-${name}`;
  const remedy = isSwitch(name) ? ' but true or false' : '; leave it out to say no';
  throw new WrongUsage(`${flag} takes no value${remedy}`);
}

function collectValues(command: Command, flags: readonly string[]): ReadonlyMap<string, string> {
  const values = Object.entries(command.optsWithGlobals()).map(
    ([key, value]) => [key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), String(value)] as const,
  );
  for (const [name] of values) {
    if (flags.includes(name)) continue;
    // `--manifest` of one command is `--manifest-path` of others.
    const near = flags.find((flag) => flag.startsWith(name) || name.startsWith(flag));
    const hint = near === undefined ? '' : ` (Did you mean --${near}?)`;
    throw new WrongUsage(`--${name} is not a flag of ${command.name()}${hint}; see ${command.name()} --help`);
  }
  return new Map(values);
}

/** The library's complaint as one of ours. */
function describeMistake({ code, message }: CommanderError): WrongUsage {
  if (code === 'commander.help') return new WrongUsage('this names no command; see --help');
  const text = message.replace(/^error: |\.$/g, '').replace('\n', ' ');
  if (code !== 'commander.excessArguments') return new WrongUsage(`${text}; see --help`);
  const remedy = text.includes("'fill'")
    ? 'give one template at a time'
    : 'put patterns into quotes, so that the shell leaves them alone';
  return new WrongUsage(`${text}; ${remedy}`);
}
