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
import { makeRedactor, type Redactor, SHORTEST_SECRET, splitSecrets } from '../text/redact.ts';
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
  /** Signatures made so far: `redact` takes them out. */
  readonly signatures: Set<string>;
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

/** What is secret in a run, and how it is kept. */
type Secrets = Pick<Run, 'proxy' | 'redact' | 'signatures'>;

/** Masks the secrets before anything is said, and warns of those that are too short for it. */
function hideSecrets(host: Host, reporter: Reporter): Secrets {
  const { proxy, passwords } = takeProxySettings(host.env);
  const named = SECRET_INPUTS.map((name) => [name, host.readInput(name)] as const);
  const secrets = [...named.map(([, secret]) => secret), ...passwords];
  reporter.mask(secrets);
  const signatures = new Set<string>();
  const redact = makeRedactor(secrets, host.readInput('business-phone'), signatures);
  reporter.redactWith(redact);
  for (const [name, secret] of [...named, ...passwords.map((text) => ['the proxy’s address', text] as const)])
    warnOfShortSecret(name, secret, host, reporter);
  return { proxy, redact, signatures };
}

/** Logs are hidden line by line, so a short line is as bad as a short secret. */
function warnOfShortSecret(name: string, secret: string, host: Host, reporter: Reporter): void {
  const shortest = splitSecrets([secret])
    .map(({ length }) => length)
    .sort((a, b) => a - b)[0];
  if (host.shortSecretRisk === undefined || shortest === undefined || shortest >= SHORTEST_SECRET) return;
  const what = shortest === secret.length ? 'has' : 'has a line of';
  reporter.annotate(
    'warning',
    `${name} ${what} only ${countOf(shortest, 'character')}: ${host.shortSecretRisk}`,
  );
}

/**
 * Reads the inputs and the environment. Secrets are masked first and taken out of the environment.
 * @throws {WrongInputs} naming all wrong inputs at once.
 */
export function setUpRun(host: Host, reporter: Reporter): Run {
  const secrets = hideSecrets(host, reporter);
  const { redact } = secrets;
  const { parsed, inputs, faults } = parseInputs((name) => host.readInput(name), redact);
  for (const name of SECRET_INPUTS) host.forgetInput(name);
  const event = readEvent(host.env);
  const missing = findMissingCredentials(parsed);
  const located = locateRepository(host.workspace, parsed, redact);
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
  if (reason !== undefined)
    reporter.annotate('notice', `Works as \`check\`, nothing is sent to NXCloud: ${reason}.`);
  return { host, inputs, mode, event, ...secrets, repository, baseCommit, target: findTarget(inputs) };
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
  const canJudge = accessKey !== '' && businessPhone !== '';
  return canJudge ? computeTarget(accessKey, apiUrl, businessPhone) : undefined;
}

function describeFaults(faults: readonly string[]): WrongInputs {
  if (faults.length === 1) return new WrongInputs(`Wrong input. ${faults[0]}.`);
  return new WrongInputs(
    `${faults.length} inputs are wrong. ${faults.map((fault, i) => `(${i + 1}) ${fault}.`).join(' ')}`,
  );
}
