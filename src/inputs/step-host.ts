// A step of a GitHub workflow as the host of a run.
import * as core from '@actions/core';
import type { Host } from './host.ts';

/** The host of a step: inputs are its `with:`. */
export function openStepHost(env: NodeJS.ProcessEnv): Host {
  return {
    env,
    workspace: env.GITHUB_WORKSPACE || process.cwd(),
    isWorkflow: true,
    shortSecretRisk:
      'GitHub hides that text wherever it occurs and drops outputs that contain it. Read the manifest file instead of the outputs.',
    keepAdvice: 'Use `mode: commit` to commit it.',
    readInput: (name) => core.getInput(name),
    forgetInput(name) {
      delete env[`INPUT_${name.toUpperCase()}`];
    },
    adviseMissing: (name) =>
      `give it from a secret, for example \${{ secrets.NXCLOUD_${name.toUpperCase().replaceAll('-', '_')} }}`,
  };
}
