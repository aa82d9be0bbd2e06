// What inputs are called at a command line: flags and variables.
import { DESCRIBED_INPUTS } from '../inputs/described.ts';

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

/** A message of the action with flags for the names of inputs, or variables where the value comes from one. */
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
