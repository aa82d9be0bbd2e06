// The outputs of the step, within what GitHub passes on.
import type { Mode } from '../inputs/inputs.ts';
import { type Outcome, type Status, withStatus } from '../outcome.ts';

/** Facts of the run that outputs repeat. Empty text means that there is none. */
export interface RunFacts {
  /** The mode in force; empty when the input was wrong. */
  readonly mode: Mode | '';
  readonly manifestPath: string;
  readonly hasChanged: boolean;
  readonly commitSha: string;
  readonly pullRequestNumber: string;
  readonly pullRequestUrl: string;
}

const LISTED = ['uploaded', 'reused', 'removed', 'pending', 'invalid'] as const satisfies readonly Status[];
const COUNTED = [
  'uploaded',
  'reused',
  'unchanged',
  'removed',
  'pending',
  'invalid',
] as const satisfies readonly Status[];

/**
 * Every output by name, at most `maxCharacters` together. JSON outputs that do not fit become `{}` or `[]`, the largest
 * first, and `truncated` is true.
 */
export function buildOutputs(
  outcomes: readonly Outcome[],
  facts: RunFacts,
  maxCharacters: number,
): Readonly<Record<string, string>> {
  const json = new Map<string, string>();
  const current = outcomes.filter((outcome) => outcome.id !== undefined);
  let isTruncated =
    current.reduce((sum, { path, id = '' }) => sum + path.length + id.length, 0) > maxCharacters;
  // What cannot fit is not written out first: it may be many megabytes.
  json.set(
    'manifest',
    isTruncated ? '{}' : JSON.stringify(Object.fromEntries(current.map(({ path, id }) => [path, id]))),
  );
  const scalars: Record<string, string> = {
    'manifest-path': facts.manifestPath,
    changed: String(facts.hasChanged),
    'commit-sha': facts.commitSha,
    'pull-request-number': facts.pullRequestNumber,
    'pull-request-url': facts.pullRequestUrl,
    mode: facts.mode,
  };
  for (const status of LISTED) {
    json.set(status, JSON.stringify(withStatus(outcomes, status).map((outcome) => outcome.path)));
  }
  for (const status of COUNTED) scalars[`${status}-count`] = String(withStatus(outcomes, status).length);

  const measure = (): number =>
    [...Object.values(scalars), ...json.values()].reduce((sum, text) => sum + text.length, 0);
  for (const [name, text] of [...json].sort((a, b) => b[1].length - a[1].length)) {
    if (measure() + 'false'.length < maxCharacters) break;
    json.set(name, text.startsWith('{') ? '{}' : '[]');
    isTruncated = true;
  }
  return { ...Object.fromEntries(json), ...scalars, truncated: String(isTruncated) };
}
