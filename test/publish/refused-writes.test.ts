// Writes that GitHub refuses from some moment on: what the run says, what it leaves behind, and how the next one ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StepError } from '../../src/text/errors.ts';
import type { Token } from '../github-api/token.ts';
import { choose } from '../support/extent.ts';
import { inSetting, MAIN, MANIFEST, PROPOSAL, type Setting } from './setting.ts';

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const WRITES = [
  'git/create-blob',
  'git/create-ref',
  'git/delete-ref',
  'createCommitOnBranch',
  'updateRefs',
  'pulls/create',
  'pulls/update',
];

/** One run with its preflight; gives what failed. */
async function run(
  setting: Setting,
  place: typeof MAIN | typeof PROPOSAL,
  files: Readonly<Record<string, string>>,
  token = setting.token,
): Promise<unknown> {
  try {
    const publisher = await setting.open({ place, token });
    await publisher.prepare();
    return (await setting.publishWith(publisher, files)).failure;
  } catch (error) {
    return error;
  }
}

/** From its n-th write on this token may only read. */
function refuseFrom(setting: Setting, token: Token, n: number): void {
  let writes = 0;
  const before = (): void => {
    writes += 1;
    if (writes >= n) Object.assign(token, { permissions: { contents: 'read', pullRequests: 'read' } });
  };
  for (const operation of WRITES) setting.api.plan({ operation, times: 1000, before });
}

describe('writes that are refused from one on', () => {
  const rows = [
    ...[1, 2].map((n) => [MAIN, 'of a first run', n] as const),
    ...[1, 2, 3, 4, 5, 6].map((n) => [PROPOSAL, 'of a first run', n] as const),
    ...[1, 2, 3, 4, 5].map((n) => [PROPOSAL, 'of a second run', n] as const),
  ];
  for (const [place, which, n] of choose(rows, 4)) {
    test(
      `the ${n}. write ${which} to ${place.branch} is the first: it says what to change, and the next run makes all good`,
      inSetting(FILES, async (setting) => {
        const isSecond = which === 'of a second run';
        if (isSecond) await run(setting, place, { 'b.png': 'picture b' });
        const main = await setting.headOf('main');
        const token = setting.api.createToken();
        refuseFrom(setting, token, n);
        const failure = await run(setting, place, { 'a.png': 'picture a' }, token);
        assert.ok(failure instanceof StepError, String(failure));
        assert.match(String(failure), /permission `(?:contents|pull-requests): write`/);
        if (place === PROPOSAL) assert.equal(await setting.headOf('main'), main);

        assert.equal(await run(setting, place, { 'a.png': 'picture a' }), undefined);
        const expected = isSecond ? ['a.png', 'b.png'] : ['a.png'];
        assert.deepEqual(Object.keys(await setting.entriesOf(place.branch)), expected);
        const refs = setting.repository.git.listRefs();
        assert.equal(refs.length, place === MAIN ? 1 : 2, 'nothing is left behind');
        if (place === MAIN) return;
        const pulls = setting.repository.pullRequests.map(({ state }) => state);
        assert.deepEqual(pulls, ['OPEN']);
        const changed = setting.repository.git.listChangedPaths(main, `refs/heads/${place.branch}`);
        assert.deepEqual(changed, [MANIFEST]);
      }),
    );
  }
});
