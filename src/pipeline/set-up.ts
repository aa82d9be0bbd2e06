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
  const { env } = host;
  const { proxy, passwords } = takeProxySettings(env);
  const secrets = [...SECRET_INPUTS.map((name) => host.readInput(name)), ...passwords];
  reporter.mask(secrets);
  const redact = makeRedactor(secrets, host.readInput('business-phone'));
  reporter.redactWith(redact);
  const { parsed, inputs, faults } = parseInputs((name) => host.readInput(name));
  warnOfShortSecrets(host, reporter);
  for (const name of SECRET_INPUTS) host.forgetInput(name);

  const event = readEvent(env);
  const missing = findMissingCredentials(parsed);
  const located = locateRepository(host.workspace, {
    files: parsed.files,
    manifestPath: parsed.manifestPath ?? '',
    workingDirectory: parsed.workingDirectory ?? '',
    reportPath: parsed.reportPath,
  });
  const baseCommit = 'repository' in located ? readBaseCommit(located.repository.root) : undefined;
  const { mode, reason } = decideMode({
    mode: parsed.mode ?? 'check',
    isWorkflow: host.isWorkflow,
    event,
    baseCommit,
    hasCredentials: missing.length === 0,
    pullRequestBranch: parsed.pullRequestBranch,
  });
  const allFaults = [
    ...faults,
    ...located.faults,
    ...(mode === 'check' ? [] : missing.map((name) => `${name}: is missing; ${host.adviseMissing(name)}`)),
  ];
  if (isPublishing(mode) && parsed.token === '') {
    allFaults.push(`token: is missing; mode ${mode} needs one, for example the default \${{ github.token }}`);
  }
  if (inputs === undefined || allFaults.length > 0 || !('repository' in located))
    throw describeFaults(allFaults);
  if (reason !== undefined) {
    reporter.annotate('notice', `Works as \`check\`, nothing is sent to NXCloud: ${reason}.`);
  }
  const canJudgeTargets = inputs.accessKey !== '' && inputs.businessPhone !== '';
  const target = canJudgeTargets
    ? computeTarget(inputs.accessKey, inputs.apiUrl, inputs.businessPhone)
    : undefined;
  return { host, inputs, mode, event, redact, repository: located.repository, baseCommit, proxy, target };
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
