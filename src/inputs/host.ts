// What a run asks of the place it runs in, and a step of a GitHub workflow as that place.
import * as core from '@actions/core';
import { nameVariable } from './described.ts';
import type { InputName } from './inputs.ts';

/** Where inputs come from, and what messages advise there. */
export interface Host {
  /** The environment; secrets are taken out of it once they are read. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder that `working-directory` is relative to. */
  readonly workspace: string;
  /** Whether a workflow's event started the run, and decides whom it trusts; elsewhere whoever calls does. */
  readonly isWorkflow: boolean;
  /** What threatens secrets of under eight characters here, in sentences; undefined when nothing does. */
  readonly shortSecretRisk: string | undefined;
  /** How to keep a manifest that the checkout did not hold, in a sentence; undefined where files stay by themselves. */
  readonly keepAdvice: string | undefined;
  /** The trimmed text of an input, empty when it is not given. */
  getInput(name: InputName): string;
  /** Takes an input out of the environment. */
  forgetInput(name: InputName): void;
  /** How to give a missing secret, as the rest of a sentence. */
  adviseMissing(name: InputName): string;
}

/** The host of a step: inputs are its `with:`. */
export function openStepHost(env: NodeJS.ProcessEnv): Host {
  return {
    env,
    workspace: env.GITHUB_WORKSPACE || process.cwd(),
    isWorkflow: true,
    shortSecretRisk:
      'GitHub hides that text wherever it occurs and drops outputs that contain it. Read the manifest file instead of the outputs.',
    keepAdvice: 'Use `mode: commit` to commit it.',
    getInput: (name) => core.getInput(name),
    forgetInput(name) {
      delete env[`INPUT_${name.toUpperCase()}`];
    },
    adviseMissing: (name) => `give it from a secret, for example \${{ secrets.${nameVariable(name)} }}`,
  };
}
