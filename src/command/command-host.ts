// A command line as the host of a run: flags, and variables for what no flag says.
import type { Host } from '../inputs/host.ts';
import { ENVIRONMENT_INPUTS, nameFlags, nameVariable, STEP_INPUTS } from './names.ts';

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
