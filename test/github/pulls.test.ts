import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPullRequest, type Proposal, readProposal, updateBody } from '../../src/github/pulls.ts';
import { inSetting, type Setting } from '../publish/setting.ts';

const PLACE = { base: 'main', branch: 'topic', path: 'm' };

async function read(setting: Setting): Promise<Proposal> {
  return await readProposal(await setting.connect(), PLACE);
}

test(
  'forks’ pull requests from branches of the same name are passed over, however many, and so is what GitHub leaves out',
  inSetting({ m: 'm' }, async (setting) => {
    const { repository } = setting;
    await repository.push('topic', { m: 'more' });
    await repository.openPullRequest({ head: 'topic', base: 'main' });
    for (let count = 0; count < 101; count += 1)
      await repository.openPullRequest({ head: 'topic', base: 'main', isCrossRepository: true });
    const { pullRequests } = await read(setting);
    assert.deepEqual(
      pullRequests.map(({ number }) => number),
      [1],
    );
    assert.equal(setting.api.count('ReadProposal'), 3);
    repository.closePullRequest(1);
    const { number: newest } = await repository.openPullRequest({ head: 'topic', base: 'main' });
    assert.equal((await read(setting)).pullRequests[0]?.number, newest);
    assert.equal(setting.api.count('ReadProposal'), 4, 'one page more: the newest of the own is on it');

    const base = { target: { oid: await setting.headOf('main'), file: null } };
    const page = { nodes: [null], pageInfo: { hasNextPage: false, endCursor: null } };
    const shown = { id: 'R', defaultBranchRef: null, base, branch: null, pullRequests: page };
    const answer = { status: 200, body: { data: { repository: shown } } };
    setting.api.plan({ operation: 'ReadProposal', answer });
    assert.deepEqual((await read(setting)).pullRequests, []);
  }),
);

test(
  'a pull request is opened once, and its description is not written to a closed one without a word',
  inSetting({ m: 'm' }, async (setting) => {
    const github = await setting.connect();
    const pull = { base: 'main', head: 'topic', title: 'T', body: 'B' };
    await setting.repository.setBranch('topic', 'main');
    const open = async () => await openPullRequest(github, pull);
    await assert.rejects(open(), { name: 'BranchMoved', message: /No commits between main and topic/ });
    await setting.repository.push('topic', { m: 'more' });
    const url = 'https://github.com/octo/assets/pull/1';
    setting.api.plan({ operation: 'pulls/create', refusal: 'too quickly' });
    assert.deepEqual(await open(), { number: 1, url, change: 'opened', isByActions: true });
    assert.ok((setting.timing.sleeps[0] ?? 0) >= 60_000, 'what came too quickly is waited for');
    await assert.rejects(open(), { name: 'BranchMoved', message: /already exists/ });
    assert.equal(await updateBody(github, 1, 'C'), true);
    setting.repository.closePullRequest(1);
    assert.equal(await updateBody(github, 1, 'D'), false);
  }),
);
