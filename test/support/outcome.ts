// Outcomes of a run for tests.
import type { Outcome, Status } from '../../src/outcome.ts';
import { makeAsset } from './asset.ts';
import { makeEntry } from './manifest-entry.ts';

/** An outcome with an asset, unless its entry was removed; `id` is that of its entry. Overrides come on top. */
export function makeOutcome(
  path: string,
  status: Status,
  { id, ...overrides }: Partial<Outcome> & { readonly id?: string } = {},
): Outcome {
  return {
    path,
    status,
    ...(status === 'removed' ? {} : { asset: makeAsset(path) }),
    ...(id === undefined ? {} : { entry: makeEntry({ id }) }),
    reason: '',
    findings: [],
    isChanged: false,
    ...overrides,
  };
}
