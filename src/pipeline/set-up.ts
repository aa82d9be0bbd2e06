// From the host to a run that may begin: inputs, secrets, event, repository, mode in force.
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
import { computeTarget } from '../nxcloud/call.ts';
import { makeRedactor, type Redactor, SHORTEST_SECRET, splitSecrets } from '../text/redact.ts';
import type { CurrencyRules } from '../plan.ts';
import type { Reporter } from '../report/reporter.ts';
import { locateRepository, type Repository } from '../inputs/checkout.ts';
import { StepError } from '../text/errors.ts';
import { countOf } from '../text/text.ts';
import type { Cancellation } from './process.ts';

/** All that the pipeline needs to know, whom it tells, and what ends it. */
export interface Run extends Cancellation {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly inputs: Inputs;
  /** The mode in force, which may be `check` whatever the input says. */
  readonly mode: Mode;
  readonly event: RunEvent;
  readonly repository: Repository;
  readonly proxy: ProxySettings;
  readonly redact: Redactor;
  /** Signatures made so far: `redact` takes them out. */
  readonly signatures: Set<string>;
  /** When an entry is current; targets are not judged in `check` without access key or number. */
  readonly rules: CurrencyRules;
}

const SECRET_INPUTS = ['access-key', 'access-secret', 'token'] as const;

/** Masks the secrets before anything is said, and warns of those that are too short for it. */
function hideSecrets(host: Host, reporter: Reporter): Pick<Run, 'proxy' | 'redact' | 'signatures'> {
  const { proxy, passwords } = takeProxySettings(host.env);
  const secrets = [
    ...SECRET_INPUTS.map((name) => ({ name, secret: host.getInput(name) })),
    ...passwords.map((secret) => ({ name: 'the proxy’s address', secret })),
  ];
  const texts = secrets.map(({ secret }) => secret);
  const signatures = new Set<string>();
  const redact = makeRedactor(texts, host.getInput('business-phone'), signatures);
  reporter.hide(texts, redact);
  const { shortSecretRisk } = host;
  for (const { name, secret } of secrets) {
    // Logs are hidden line by line, so a short line is as bad as a short secret.
    const shortest = Math.min(...splitSecrets([secret]).map(({ length }) => length));
    if (shortSecretRisk === undefined || shortest >= SHORTEST_SECRET) continue;
    const what = `${shortest === secret.length ? 'has' : 'has a line of'} only ${countOf(shortest, 'character')}`;
    reporter.annotate('warning', `${name} ${what}: ${shortSecretRisk}`);
  }
  return { proxy, redact, signatures };
}

/**
 * Reads the inputs and the environment. Secrets are masked first and taken out of the environment.
 * @throws {StepError} naming all wrong inputs at once: nothing is in force then, and nothing is done.
 */
export function setUpRun(host: Host, reporter: Reporter, cancellation: Cancellation): Run {
  const secrets = hideSecrets(host, reporter);
  const { parsed, faults: inputFaults } = parseInputs((name) => host.getInput(name), secrets.redact);
  for (const name of SECRET_INPUTS) host.forgetInput(name);
  const event = readEvent(host.env);
  const { repository, faults: pathFaults } = locateRepository(host.workspace, parsed, secrets.redact);
  const { mode, reason } = decideMode({
    mode: parsed.mode ?? 'check',
    isWorkflow: host.isWorkflow,
    event,
    baseCommit: repository?.baseCommit,
    hasCredentials: findMissingCredentials(parsed).length === 0,
    pullRequestBranch: parsed.pullRequestBranch,
  });
  const faults = [...inputFaults, ...pathFaults, ...describeMissing(host, mode, parsed)];
  if (repository === undefined || faults.length > 0)
    throw new StepError('input-wrong', describeFaults(faults));
  // Where nothing is wrong, every input has its value.
  const inputs = parsed as Inputs;
  if (reason !== undefined)
    reporter.annotate('notice', `Works as \`check\`, nothing is sent to NXCloud: ${reason}.`);
  const { accessKey, apiUrl, businessPhone, maxAge, renewBefore } = inputs;
  const canJudge = accessKey !== '' && businessPhone !== '';
  const target = canJudge ? computeTarget(accessKey, apiUrl, businessPhone) : undefined;
  const rules = { target, now: Date.now(), maxAge, renewBefore };
  return { ...cancellation, ...secrets, host, reporter, inputs, mode, event, repository, rules };
}

/** What the mode needs and the inputs lack. */
function describeMissing(host: Host, mode: Mode, parsed: Partial<Inputs>): readonly string[] {
  if (mode === 'check') return [];
  const names = findMissingCredentials(parsed);
  const faults = names.map((name) => `${name}: is missing; ${host.adviseMissing(name)}`);
  return isPublishing(mode) && parsed.token === ''
    ? [...faults, `token: is missing; mode ${mode} needs one, for example the default \${{ github.token }}`]
    : faults;
}

function describeFaults(faults: readonly string[]): string {
  if (faults.length === 1) return `Wrong input. ${faults[0]}.`;
  return `${faults.length} inputs are wrong:${faults.map((fault) => `\n  ${fault}.`).join('')}`;
}
