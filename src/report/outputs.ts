// The outputs of the step, within what GitHub passes on.
import type { Outcome, Status } from '../outcome.ts';

const LISTED: readonly Status[] = ['uploaded', 'reused', 'removed', 'pending', 'invalid'];

/**
 * Every output by name, at most `maxCharacters` together; `texts` are those that are neither list nor count. JSON outputs
 * that do not fit become `{}` or `[]`, the largest first, and `truncated` is true.
 */
export function buildOutputs(
  outcomes: readonly Outcome[],
  texts: Readonly<Record<string, string>>,
  maxCharacters: number,
): Readonly<Record<string, string>> {
  const current = outcomes.flatMap(({ path, entry }) =>
    entry === undefined ? [] : [[path, entry.id] as const],
  );
  // What cannot fit is not written out first: it may be many megabytes.
  let isTruncated = current.reduce((sum, [path, id]) => sum + path.length + id.length, 0) > maxCharacters;
  const ids = isTruncated ? {} : Object.fromEntries(current);
  const outputs: Record<string, string> = { manifest: JSON.stringify(ids) };
  for (const status of LISTED)
    outputs[status] = JSON.stringify(listDone(outcomes, status).map(({ path }) => path));
  Object.assign(outputs, texts);
  for (const status of [...LISTED, 'unchanged'] as const)
    outputs[`${status}-count`] = String(listDone(outcomes, status).length);

  const measure = (): number => Object.values(outputs).reduce((sum, text) => sum + text.length, 0);
  const sizeOf = (name: string): number => outputs[name]?.length ?? 0;
  for (const name of ['manifest', ...LISTED].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    if (measure() + 'false'.length < maxCharacters) break;
    outputs[name] = name === 'manifest' ? '{}' : '[]';
    isTruncated = true;
  }
  return { ...outputs, truncated: String(isTruncated) };
}

/** What the run itself did, superseded or not; an entry that the branch keeps is not removed, though. */
function listDone(outcomes: readonly Outcome[], asked: Status): readonly Outcome[] {
  return outcomes.filter(({ status, done = status }) => (done === 'removed' ? status : done) === asked);
}
