// A run of the pipeline for tests of its stages, in this process.
import type { TestContext } from 'node:test';
import type { Host } from '../../src/inputs/host.ts';
import type { InputName } from '../../src/inputs/inputs.ts';
import { type Run, setUpRun } from '../../src/pipeline/set-up.ts';
import { makeRecordingReporter } from './recording-reporter.ts';
import { makeFolder } from './temporary-folder.ts';

export type Given = Readonly<Partial<Record<InputName, string>>>;

/** What is neither signalled nor cancelled. */
const NEVER = new AbortController().signal;

/** Credentials that are well formed. */
export const credentials = {
  'access-key': 'a-long-enough-key',
  'access-secret': 'a-long-enough-secret',
  'business-phone': '+49 1511 2345678',
};

/** A run that was set up outside of a workflow in a new folder, and what it was told and has forgotten meanwhile. */
export function makeRun(
  t: TestContext,
  given: Given,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  overrides: Partial<Host> = {},
): { readonly run: Run; readonly told: string[]; readonly forgotten: readonly string[] } {
  const { reporter, told } = makeRecordingReporter();
  const forgotten: string[] = [];
  const host: Host = {
    env: {},
    workspace: makeFolder(t, files),
    isWorkflow: false,
    shortSecretRisk: 'That is a risk.',
    keepAdvice: 'Keep it.',
    getInput: (name) => ({ files: '**', ...given })[name] ?? '',
    forgetInput: (name) => forgotten.push(name),
    adviseMissing: (name) => `give ${name}`,
    ...overrides,
  };
  const run = setUpRun(host, reporter, { cancelled: NEVER, publishingEnded: NEVER });
  return { run, told, forgotten };
}
