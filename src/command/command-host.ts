// A command line as the host of a run: flags, and variables for what no flag says.
import type { Host } from '../inputs/host.ts';
import { ENVIRONMENT_INPUTS, nameVariable, STEP_INPUTS } from './arguments.ts';

/** The host of a command; `values` holds what flags say of inputs. */
export function openCommandHost(
  env: NodeJS.ProcessEnv,
  mode: 'check' | 'output',
  values: ReadonlyMap<string, string>,
): Host {
  return {
    env,
    workspace: process.cwd(),
    isWorkflow: Boolean(env.GITHUB_ACTIONS || env.GITHUB_EVENT_NAME),
    shortSecretRisk: undefined,
    keepAdvice: 'Commit it, or keep it where the next run finds it.',
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
    adviseMissing: (name) => `set the variable ${nameVariable(name)}`,
  };
}
