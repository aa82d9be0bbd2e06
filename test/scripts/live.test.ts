// The proof on the real GitHub, made on the stand-in: all is as written there, and what is otherwise is seen.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { hasFailed } from '../../scripts/live/prove.ts';
import { TRIALS } from '../../scripts/live/trials.ts';
import { FACTS, type FactName } from '../github-api/facts.ts';
import { choose, isFull } from '../support/extent.ts';
import { listNames, listTried, READ, runProof, setUp } from './live-setting.ts';

const root = resolve(import.meta.dirname, '../..');
/** Facts that take another repository than the one of `setUp`. */
const APART: readonly FactName[] = ['no preview', 'Actions may not propose'];

describe('the facts', () => {
  it('are as written, also where reads lag; writes are a second apart, and every branch is removed', async (t) => {
    const setting = await setUp(t);
    const { api, repository } = setting;
    const waits: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const proof = await runProof(setting, { sleep });
    assert.deepEqual(listNames(proof, 'as written'), listTried('write'));
    assert.deepEqual(listNames(proof, 'otherwise'), []);
    assert.deepEqual(
      proof.rows.map(({ name }) => name),
      Object.keys(FACTS),
    );
    assert.equal(hasFailed(proof), false);
    assert.deepEqual(repository.git.listRefs(), ['refs/heads/main']);
    assert.equal(proof.requests, api.requests.length);
    assert.ok(proof.requests < 300, `${proof.requests} requests`);
    const writes = api.requests.filter(
      ({ status, operation }) => status === 201 || operation === 'createCommitOnBranch',
    );
    const gaps = waits.filter((wait) => wait > 0 && wait <= 1000);
    assert.ok(gaps.length >= writes.length - 1, `${gaps.length} pauses, ${writes.length} writes`);
  });

  it('are as written for a token that may only read, a personal one too', async (t) => {
    const setting = await setUp(t);
    for (const isPersonal of [false, true]) {
      const proof = await runProof(setting, { permissions: READ, isPersonal });
      assert.deepEqual(listNames(proof, 'as written'), listTried('read'));
      assert.deepEqual(listNames(proof, 'otherwise'), []);
    }
  });
});

/** What is flipped at once: each fact alone, or as many as can be told apart. */
function groupFlips(): readonly (readonly FactName[])[] {
  const together = listTried('write').filter((name) => !APART.includes(name));
  if (isFull) return together.map((name) => [name]);
  return [0, 1].map((half) => together.filter((_, index) => index % 2 === half));
}

describe('facts that are otherwise', () => {
  for (const names of groupFlips()) {
    it(`are seen, and no other: ${names.join(', ')}`, async (t) => {
      const setting = await setUp(t);
      setting.api.facts.flip(...names);
      const proof = await runProof(setting);
      assert.deepEqual(listNames(proof, 'otherwise'), names);
      assert.deepEqual(proof.left, []);
    });
  }

  it('`updateRefs` without an answer leaves untried what takes it', async (t) => {
    const setting = await setUp(t);
    setting.api.facts.flip('no preview');
    const proof = await runProof(setting);
    assert.deepEqual(listNames(proof, 'otherwise'), ['no preview']);
    const untried = proof.rows.filter(({ seen }) => seen === 'takes `updateRefs`, which is not answered');
    assert.equal(untried.length, 6);
    assert.equal(hasFailed(proof), true);
  });

  for (const verdict of choose(['otherwise', 'as written'], 2)) {
    it(`where pull requests are not permitted, their refusal ${verdict}`, async (t) => {
      const setting = await setUp(t);
      setting.repository.actionsMayOpenPullRequests = false;
      if (verdict === 'otherwise') setting.api.facts.flip('Actions may not propose');
      const proof = await runProof(setting);
      const row = proof.rows.find(({ name }) => name === 'Actions may not propose');
      assert.equal(row?.verdict, verdict);
      const untried = proof.rows.filter(({ seen }) =>
        seen.startsWith('takes a pull request, which was refused'),
      );
      assert.equal(untried.length, 7);
      assert.equal(listNames(proof, 'otherwise').length, verdict === 'otherwise' ? 1 : 0);
    });
  }

  for (const name of listTried('read')) {
    it(`are seen by a token that may only read: ${name}`, async (t) => {
      const setting = await setUp(t);
      setting.api.facts.flip(name);
      // What only a personal token gets to see.
      const isPersonal = name === 'blob without permission';
      const proof = await runProof(setting, { permissions: READ, isPersonal });
      assert.deepEqual(listNames(proof, 'otherwise'), [name]);
    });
  }

  it('are no fault where nobody knows: the rows that the page marks so, and reads that may lag', async () => {
    const page = await readFile(join(root, 'docs/github-facts.md'), 'utf8');
    const unknown = [...page.matchAll(/^\| (.+) \| .+ \| U \| .+ \|$/gm)].map(([, what]) => what);
    const open = listTried('write').filter((name) => {
      const trial = TRIALS[name];
      return typeof trial !== 'string' && trial.isOpen === true;
    });
    assert.deepEqual(
      open.map((name) => FACTS[name].what),
      [...unknown, FACTS['late reads'].what],
    );
    for (const isOpen of [true, false]) {
      const row = { name: 'late reads', verdict: 'otherwise', isOpen, seen: 'read 1' } as const;
      assert.equal(hasFailed({ rows: [row], scenes: [], left: [], requests: 0 }), !isOpen);
    }
  });
});

describe('facts and scenes together', { skip: !isFull && 'only in a full run' }, () => {
  it('pass, with few requests, and every branch is removed', async (t) => {
    const setting = await setUp(t);
    const { api, repository } = setting;
    repository.lagOfReads = 0;
    const proof = await runProof(setting, { parts: ['facts', 'scenes'] });
    const faults = proof.scenes.map(({ name, claims, error }) => ({
      name,
      error,
      wrong: claims.filter(({ holds }) => !holds),
    }));
    assert.deepEqual(
      faults.filter(({ error, wrong }) => error !== undefined || wrong.length > 0),
      [],
    );
    assert.equal(faults.length, 11);
    assert.deepEqual(repository.git.listRefs(), ['refs/heads/main']);
    assert.ok(api.requests.length < 600, `${api.requests.length} requests`);
  });
});
