// The stand-in's repository against git itself: what it holds is sound, and it answers as git does.
import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { triesOf } from '../support/extent.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { type FileChanges, GitRepository, RefusedMove } from './git-repository.ts';
import { runGit } from './run-git.ts';

/** Among the first from it are merges that a path passes by. */
const FIRST_SEED = 6;
const PATHS = ['a', 'a.b', 'a/b', 'a-b/c', 'd/e/f', 'd/e/g', 'd/h', 'ü/1\n2', 'z'];

/** A history with merges, in which each commit is a branch. */
function makeHistory(seed: number): { repository: GitRepository; commits: readonly string[] } {
  const random = makeRandom(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const repository = new GitRepository();
  const commits: string[] = [];
  for (let count = 0; count < 16; count += 1) {
    const changes: Record<string, FileChanges[string]> = {};
    for (let change = 0; change < 3; change += 1) {
      const text = `text ${Math.floor(random() * 12)}\n`;
      changes[pick(PATHS) ?? ''] = random() < 0.3 ? undefined : random() < 0.2 ? { link: text } : text;
    }
    const parents = [pick(commits), pick(commits)];
    const mergedOids = parents.slice(1).filter((oid) => oid !== undefined && oid !== parents[0]);
    const details = {
      message: `commit ${count}`,
      mergedOids: random() < 0.4 ? (mergedOids as string[]) : [],
    };
    commits.push(repository.writeCommit(parents[0], changes, details));
  }
  repository.moveRefs(
    commits.map((after, at) => ({ ref: `refs/heads/${at === 0 ? 'main' : at}`, before: undefined, after })),
  );
  return { repository, commits };
}

/** A way to ask git about it. */
function askGit({ folder }: GitRepository): (...args: readonly string[]) => Promise<readonly string[]> {
  return async (...args) => {
    const { code, stdout, stderr } = await runGit(folder, args);
    assert.deepEqual([code, stderr], [args[0] === 'merge-base' && stdout.length === 0 ? 1 : 0, '']);
    return stdout
      .toString()
      .split(args.includes('-z') ? '\0' : '\n')
      .slice(0, -1);
  };
}

describe('histories', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + triesOf(20); seed += 1) {
    it(`are sound, and what git says of them: ${seed}`, async (t) => {
      const { repository, commits } = makeHistory(seed);
      t.after(() => repository.close(true));
      const git = askGit(repository);
      assert.deepEqual((await git('for-each-ref', '--format=%(refname)')).toSorted(), repository.listRefs());
      const [a = '', b = ''] = [commits.at(-1), commits.at(-2 - (seed % 9))];

      const items = await git('ls-tree', '-r', '-t', '-z', a);
      const ours = [...repository.readTree(a).values()];
      assert.deepEqual(
        ours.map(({ mode, type, oid, path }) => `${mode} ${type} ${oid}\t${path}`),
        items,
      );

      for (const path of [undefined, 'd/h', 'a', 'z']) {
        const limit = path === undefined ? [] : ['--', path];
        for (const range of path === undefined ? [a, `${b}..${a}`, `${a}..${b}`] : [a]) {
          const listed = repository.listCommits(range, path);
          assert.deepEqual([...listed].sort(), [...(await git('rev-list', range, ...limit))].sort(), path);
          for (const [at, oid] of listed.entries())
            for (const later of listed.slice(at))
              assert.ok(!repository.readCommit(oid).parents.includes(later));
        }
      }

      const bases = await git('merge-base', '--all', a, b);
      const base = repository.mergeBase(a, b);
      assert.ok(base === undefined ? bases.length === 0 : bases.includes(base), `${base}`);

      const changed = await git('diff-tree', '-r', '-z', '--no-renames', '--name-only', a, b);
      assert.deepEqual(repository.listChangedPaths(a, b), changed.toSorted());
    });
  }

  it('have renames of files with the same content', (t) => {
    const repository = new GitRepository();
    t.after(() => repository.close(true));
    const first = repository.writeCommit(undefined, { a: 'a', b: 'b', c: 'c' });
    const second = repository.writeCommit(first, { a: undefined, b: undefined, c: 'C', 'd/a': 'a' });
    const changes = repository.listChanges(first, second);
    assert.deepEqual(
      changes.map(({ path, status, previousPath }) => [path, status, previousPath]),
      [
        ['b', 'removed', undefined],
        ['c', 'modified', undefined],
        ['d/a', 'renamed', 'a'],
      ],
    );
  });
});

describe('refs', () => {
  const repository = new GitRepository();
  after(() => repository.close(true));
  const first = repository.writeCommit(undefined, { a: 'a' });
  const second = repository.writeCommit(first, { a: 'b' });
  const none = '0'.repeat(40);
  repository.moveRefs([{ ref: 'refs/heads/x', before: none, after: first }]);

  for (const [what, ref, before, after] of [
    ['from another commit', 'x', second, first],
    ['that is there already', 'x', none, second],
    ['that is not there', 'y', first, second],
    ['below another', 'x/y', undefined, second],
    ['to what is no commit', 'y', undefined, repository.readCommit(first).tree],
    ['to what does not exist', 'y', undefined, '1'.repeat(40)],
    ['with two dots in the name', 'y..z', undefined, first],
    ['with a blank in the name', 'y z', undefined, first],
    ['with a lock’s name', 'y.lock', undefined, first],
  ] as const) {
    it(`are not moved, none of them: ${what}`, () => {
      const moves = [
        { ref: 'refs/heads/w', before: undefined, after: first },
        { ref: `refs/heads/${ref}`, before, after },
      ];
      assert.throws(() => repository.moveRefs(moves), RefusedMove);
      assert.deepEqual(repository.listRefs(), ['refs/heads/x']);
      assert.equal(repository.head('x'), first);
    });
  }

  it('are moved, made and deleted together, and named in every way', () => {
    repository.moveRefs([
      { ref: 'refs/heads/x', before: first, after: undefined },
      { ref: 'refs/heads/y/z', before: none, after: second },
    ]);
    assert.deepEqual(repository.listRefs(), ['refs/heads/y/z']);
    const { tree } = repository.readCommit('y/z');
    const names = [
      'y/z',
      'refs/heads/y/z',
      second,
      'y/z^{commit}',
      'y/z^{tree}',
      'y/z:a',
      'x',
      'y/z:b',
      `${tree}^{commit}`,
    ];
    const blob = repository.writeBlob(Buffer.from('b'));
    assert.deepEqual(
      names.map((name) => repository.resolve(name)),
      [second, second, second, second, tree, blob, undefined, undefined, undefined],
    );
  });
});

it('what is not as git has it is told in the end', async () => {
  const repository = new GitRepository();
  const oid = repository.writeBlob(Buffer.from('text'));
  const place = join(repository.folder, 'objects', oid.slice(0, 2));
  renameSync(join(place, oid.slice(2)), join(place, '0'.repeat(38)));
  await assert.rejects(repository.close(true), /git fsck: .*hash-path mismatch/s);
  assert.equal(existsSync(repository.folder), false);
});
