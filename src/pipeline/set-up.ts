// From the host to a run that may begin: inputs, secrets, event, repository, mode in force.
import { readBaseCommit } from '../inputs/base-commit.ts';
import { type RunEvent, readEvent } from '../inputs/event.ts';
import type { Host } from '../inputs/host.ts';
import {
  findMissingCredentials,
  type Inputs,
  isPublishing,
  type Mode,
  parseInputs,
} from '../inputs/inputs.ts';
import { decideMode } from '../inputs/trust.ts';
import { type ProxySettings, takeProxySettings } from '../network/network.ts';
import { computeTarget } from '../nxcloud/target.ts';
import { makeRedactor, type Redactor, SHORTEST_SECRET } from '../text/redact.ts';
import type { Reporter } from '../report/reporter.ts';
import { locateRepository, type Repository } from '../inputs/checkout.ts';
import { StepError } from '../text/errors.ts';
import { countOf } from '../text/text.ts';

/** All that the pipeline needs to know. */
export interface Run {
  readonly host: Host;
  readonly inputs: Inputs;
  /** The mode in force, which may be `check` whatever the input says. */
  readonly mode: Mode;
  readonly event: RunEvent;
  readonly repository: Repository;
  /** The commit that `.git` says the workspace holds. */
  readonly baseCommit: string | undefined;
  readonly proxy: ProxySettings;
  readonly redact: Redactor;
  /** Undefined in `check` without access key or number. */
  readonly target: string | undefined;
}

/** The inputs were wrong: nothing was in force, nothing was done. */
export class WrongInputs extends StepError {
  constructor(message: string) {
    super('input-wrong', message);
  }
}

const SECRET_INPUTS = ['access-key', 'access-secret', 'token'] as const;

/**
 * Reads the inputs and the environment. Secrets are masked first and taken out of the environment.
 * @throws {WrongInputs} naming all wrong inputs at once.
 */
export function setUpRun(host: Host, reporter: Reporter): Run {
  const { proxy, passwords } = takeProxySettings(host.env);
  const redact = hideSecrets(host, passwords, reporter);
  const { parsed, inputs, faults } = parseInputs((name) => host.readInput(name));
  for (const name of SECRET_INPUTS) host.forgetInput(name);
  const event = readEvent(host.env);
  const missing = findMissingCredentials(parsed);
  const located = locateRepository(host.workspace, {
    files: parsed.files,
    manifestPath: parsed.manifestPath ?? '',
    workingDirectory: parsed.workingDirectory ?? '',
    reportPath: parsed.reportPath,
  });
  const repository = 'repository' in located ? located.repository : undefined;
  const baseCommit = repository && readBaseCommit(repository.root);
  const { mode, reason } = decideMode({
    mode: parsed.mode ?? 'check',
    isWorkflow: host.isWorkflow,
    event,
    baseCommit,
    hasCredentials: missing.length === 0,
    pullRequestBranch: parsed.pullRequestBranch,
  });
  const missingFaults = describeMissing(host, mode, missing, parsed.token);
  const allFaults = [...faults, ...located.faults, ...missingFaults];
  if (inputs === undefined || repository === undefined || allFaults.length > 0)
    throw describeFaults(allFaults);
  if (reason !== undefined) {
    reporter.annotate('notice', `Works as \`check\`, nothing is sent to NXCloud: ${reason}.`);
  }
  return { host, inputs, mode, event, redact, repository, baseCommit, proxy, target: findTarget(inputs) };
}

/** Masks the secrets before anything is said, and warns of those that are too short for it. */
function hideSecrets(host: Host, passwords: readonly string[], reporter: Reporter): Redactor {
  const secrets = [...SECRET_INPUTS.map((name) => host.readInput(name)), ...passwords];
  reporter.mask(secrets);
  const redact = makeRedactor(secrets, host.readInput('business-phone'));
  reporter.redactWith(redact);
  warnOfShortSecrets(host, reporter);
  return redact;
}

/** What the mode needs and the inputs lack. */
function describeMissing(
  host: Host,
  mode: Mode,
  missing: ReturnType<typeof findMissingCredentials>,
  token: string | undefined,
): readonly string[] {
  if (mode === 'check') return [];
  const faults = missing.map((name) => `${name}: is missing; ${host.adviseMissing(name)}`);
  if (!isPublishing(mode) || token !== '') return faults;
  return [
    ...faults,
    `token: is missing; mode ${mode} needs one, for example the default \${{ github.token }}`,
  ];
}

/** Undefined without access key or number. */
function findTarget({ accessKey, apiUrl, businessPhone }: Inputs): string | undefined {
  return accessKey === '' || businessPhone === ''
    ? undefined
    : computeTarget(accessKey, apiUrl, businessPhone);
}

function warnOfShortSecrets(host: Host, reporter: Reporter): void {
  if (host.shortSecretRisk === undefined) return;
  for (const name of SECRET_INPUTS) {
    const { length } = host.readInput(name);
    if (length === 0 || length >= SHORTEST_SECRET) continue;
    reporter.annotate('warning', `${name} has only ${countOf(length, 'character')}: ${host.shortSecretRisk}`);
  }
}

function describeFaults(faults: readonly string[]): WrongInputs {
  if (faults.length === 1) return new WrongInputs(`Wrong input. ${faults[0]}.`);
  return new WrongInputs(
    `${faults.length} inputs are wrong. ${faults.map((fault, i) => `(${i + 1}) ${fault}.`).join(' ')}`,
  );
}
