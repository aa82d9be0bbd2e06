import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NoAnswer } from '../../src/github/failure.ts';
import { computeBlobId, findBranch, readCommit, readFile, readHead } from '../../src/github/read.ts';
import { GitRepository } from '../github-api/git-repository.ts';
import { inSetting } from '../publish/setting.ts';

const UNSHOWN = /does not show the 8 bytes of the file \w+, which exists/;
const FILES = { 'f/m.json': 'the text', link: { link: 'f' } };

test('ids of blobs are git’s own', async () => {
  const repository = new GitRepository();
  for (const content of ['', 'text\n', 'ümläut', 'x'.repeat(100_000)])
    assert.equal(computeBlobId(content), repository.writeBlob(Buffer.from(content)));
  await repository.close(true);
});

describe('a branch and its file', () => {
  const file = { oid: computeBlobId('the text'), size: 8, mode: 0o100644, type: 'blob' };

  for (const facts of [[], ['missing file'], ['missing object']] as const) {
    test(
      `are read${facts.length === 0 ? '' : `, also where GitHub answers otherwise: ${facts.join()}`}`,
      inSetting(FILES, async (setting) => {
        setting.api.facts.flip(...facts);
        const github = await setting.connect();
        const first = await setting.headOf('main');
        const second = await setting.repository.push('main', { 'f/m.json': undefined });
        const atFirst = { oid: first, file, parentOid: undefined };
        const atSecond = { oid: second, file: undefined };
        assert.deepEqual(await readHead(github, 'main', 'f/m.json'), { ...atSecond, parents: [atFirst] });
        const third = await setting.repository.push('main', { README: 'x' });
        const parents = [{ ...atSecond, parentOid: first }];
        const atThird = { oid: third, file: undefined, parents };
        assert.deepEqual(await readHead(github, 'main', 'f/m.json'), atThird);
        const withText = { oid: first, file: { ...file, object: { text: 'the text' } } };
        assert.deepEqual(await readCommit(github, first, 'f/m.json'), withText);
        assert.equal((await readCommit(github, first, 'link/m.json'))?.file, undefined);
        assert.equal((await readCommit(github, first, 'link'))?.file?.mode, 0o120000);
        assert.equal((await readCommit(github, first, 'f'))?.file?.type, 'tree');
        assert.equal(await findBranch(github, 'main'), third);
        assert.equal(await findBranch(github, 'nowhere'), undefined);
        if (facts[0] === 'missing object') return;
        await assert.rejects(readHead(github, 'nowhere', 'f/m.json'), {
          name: 'StepError',
          code: 'branch-missing',
        });
        assert.equal(await readCommit(github, '1'.repeat(40), 'f/m.json'), undefined);
      }),
    );
  }

  test(
    'of a file that is too large to be shown are looked up otherwise, at the head and at its parent',
    inSetting(FILES, async (setting) => {
      const first = await setting.headOf('main');
      const second = await setting.repository.push('main', { README: 'x' });
      const large = (...at: readonly (string | number)[]) => ({
        type: 'UNPROCESSABLE',
        path: ['repository', 'ref', 'target', ...at, 'file'],
        message: 'Could not resolve file over 10mb.',
      });
      const parents = { nodes: [{ oid: first, file: null }] };
      const target = { oid: second, file: null, parents };
      const body = {
        data: { repository: { ref: { target } } },
        errors: [large(), large('parents', 'nodes', 0)],
      };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 200, body } });
      assert.deepEqual(await readHead(await setting.connect(), 'main', 'f/m.json'), {
        oid: second,
        file,
        parents: [{ oid: first, file, parentOid: undefined }],
      });
    }),
  );

  test(
    'are none when the reply names a branch without its commit',
    inSetting(FILES, async (setting) => {
      const body = { data: { repository: { ref: { target: null } } } };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 200, body } });
      await assert.rejects(readHead(await setting.connect(), 'main', 'm.json'), NoAnswer);
    }),
  );

  for (const [name, text, requests] of [
    ['came along is not asked for again', 'the text', 0],
    ['came along cut is asked for', 'the te', 1],
    ['is no text is asked for', null, 1],
  ] as const) {
    test(
      `whose content ${name}`,
      inSetting(FILES, async (setting) => {
        const read = await readFile(await setting.connect(), { ...file, object: { text } });
        assert.equal(read.toString(), 'the text');
        assert.equal(setting.api.requests.length, requests);
      }),
    );
  }

  for (const form of ['raw', 'json'] as const) {
    test(
      `have their bytes read where blobs come ${form}`,
      inSetting({ 'm.json': '{"content": "YQ=="}', plain: 'neither' }, async (setting) => {
        setting.repository.blobForm = form;
        const github = await setting.connect();
        for (const [path, content] of [
          ['m.json', '{"content": "YQ=="}'],
          ['plain', 'neither'],
        ] as const) {
          const head = await readHead(github, 'main', path);
          assert.ok(head.file);
          assert.equal((await readFile(github, head.file)).toString(), content);
        }
      }),
    );
  }

  for (const [name, answer, times, said] of [
    ['is not there yet', { status: 404, body: { message: 'Not Found' } }, 1, undefined],
    ['comes altered once', { status: 200, body: { a: 1 } }, 1, undefined],
    ['never comes', { status: 404, body: { message: 'Not Found' } }, 9, UNSHOWN],
    ['comes altered for ever', { status: 200, body: { content: 'dGhlIHRleHQK' } }, 9, UNSHOWN],
    ['comes in another form', { status: 200, body: 'the text' }, 9, UNSHOWN],
  ] as const) {
    test(
      `whose content ${name}`,
      inSetting(FILES, async (setting) => {
        setting.api.plan({ operation: 'git/get-blob', times, answer });
        const reading = readFile(await setting.connect(), file);
        if (said === undefined) assert.equal((await reading).toString(), 'the text');
        else await assert.rejects(reading, { name: 'NoAnswer', message: said });
        assert.equal(setting.timing.sleeps.length, said === undefined ? 1 : 4);
      }),
    );
  }
});
