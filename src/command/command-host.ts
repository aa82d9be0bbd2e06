// A command line as the host of a run: flags, and variables for what no flag says, and what inputs are called there.
import { DESCRIBED_INPUTS } from '../inputs/described.ts';
import type { Host } from '../inputs/host.ts';

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

/** The inputs that are flags, in the order of action.yml. */
export const INPUT_FLAGS: readonly string[] = Object.keys(DESCRIBED_INPUTS).filter(
  (name) => !ENVIRONMENT_INPUTS.has(name) && !STEP_INPUTS.has(name),
);

/** The variable of the environment that gives an input: `NXCLOUD_ACCESS_KEY`. */
export function nameVariable(input: string): string {
  return `NXCLOUD_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** An input at the head of a sentence about its value, or between back-ticks, perhaps with a value. */
const NAMED_INPUT = /(?<=^(?:Wrong input\.)? *)([a-z]+(?:-[a-z]+)*)(?=: )|`([a-z-]+)(?:: ([^`\s]+))?`/gm;

/** A message with flags for the names of inputs, or variables where the value comes from one. */
export function nameFlags(message: string, isVariable: (input: string) => boolean): string {
  return message.replace(NAMED_INPUT, (found, head?: string, quoted?: string, value?: string) => {
    const input = head ?? quoted ?? '';
    if (ENVIRONMENT_INPUTS.has(input)) return nameVariable(input);
    if (!INPUT_FLAGS.includes(input)) return found;
    if (isVariable(input)) return nameVariable(input) + (value === undefined ? '' : `=${value}`);
    if (value === 'false') return `--no-${input}`;
    return value === undefined || value === 'true' ? `--${input}` : `--${input} ${value}`;
  });
}

export interface CommandHost extends Host {
  /** Calls inputs in a message as the person gives them, by a flag or a variable. */
  nameInputs(message: string): string;
}

/** The host of a command; `values` holds what flags say of inputs. */
export function openCommandHost(
  env: NodeJS.ProcessEnv,
  mode: 'check' | 'output',
  values: ReadonlyMap<string, string>,
): CommandHost {
  return {
    env,
    workspace: process.cwd(),
    isWorkflow: Boolean(env.GITHUB_ACTIONS || env.GITHUB_EVENT_NAME),
    shortSecretRisk: undefined,
    keepAdvice: undefined,
    readInput(name) {
      if (name === 'mode') return mode;
      // Nobody reads a job summary here.
      if (name === 'summary') return 'false';
      if (STEP_INPUTS.has(name)) return '';
      return (values.get(name) ?? env[nameVariable(name)] ?? '').trim();
    },
    forgetInput(name) {
      if (ENVIRONMENT_INPUTS.has(name)) delete env[nameVariable(name)];
    },
    adviseMissing: (name) =>
      ENVIRONMENT_INPUTS.has(name) ? 'set that variable' : `give it, or set ${nameVariable(name)}`,
    nameInputs: (message) =>
      nameFlags(message, (input) => !values.has(input) && Boolean(env[nameVariable(input)])),
  };
}
