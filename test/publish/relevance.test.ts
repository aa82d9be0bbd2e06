import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sortChanges } from '../../src/publish/relevance.ts';
import { entryOf } from './entries.ts';

/** A path with nothing, one version or another at base and head, and what becomes of a change to it. */
interface Row {
  readonly name: string;
  readonly change: 'entry' | 'removal';
  readonly base: string | undefined | 'unknown';
  readonly head: string | undefined;
  readonly objection?: RegExp;
}

const other = /another version of this file/;
const gone = /does not have this file any more/;
const there = /^the branch has this file/;

describe('sortChanges', () => {
  const rows: readonly Row[] = [
    { name: 'a file that nobody has changed', change: 'entry', base: 'v1', head: 'v1' },
    { name: 'a generated file, in neither commit', change: 'entry', base: undefined, head: undefined },
    { name: 'a file that was changed since', change: 'entry', base: 'v1', head: 'v2', objection: other },
    { name: 'a file that was deleted since', change: 'entry', base: 'v1', head: undefined, objection: gone },
    {
      name: 'a generated file that was added since',
      change: 'entry',
      base: undefined,
      head: 'v1',
      objection: other,
    },
    {
      name: 'a file at the head, of a base commit that GitHub does not know',
      change: 'entry',
      base: 'unknown',
      head: 'v1',
      objection: /the branch has this file, and the commit of the run cannot be read/,
    },
    {
      name: 'a file absent from the head, of a base commit that GitHub does not know',
      change: 'entry',
      base: 'unknown',
      head: undefined,
    },
    { name: 'a removal of a file that is gone', change: 'removal', base: 'v1', head: undefined },
    {
      name: 'a removal of a file that is there',
      change: 'removal',
      base: 'v1',
      head: 'v1',
      objection: there,
    },
    {
      name: 'a removal of what is only gone from the workspace, as in a sparse checkout',
      change: 'removal',
      base: 'v1',
      head: 'v1',
      objection: there,
    },
    {
      name: 'a removal of what is gone, whatever the base commit was',
      change: 'removal',
      base: 'unknown',
      head: undefined,
    },
  ];
  for (const { name, change, base, head, objection } of rows) {
    test(`${name}: ${objection === undefined ? 'holds' : 'is superseded'}`, () => {
      const objects = (oid: string | undefined) => new Map(oid === undefined ? [] : [['p', oid]]);
      const atBase = base === 'unknown' ? undefined : objects(base);
      const entry = change === 'entry' ? entryOf('p') : undefined;
      const { relevant, superseded } = sortChanges(new Map([['p', entry]]), atBase, objects(head));
      assert.deepEqual([...relevant], objection === undefined ? [['p', entry]] : []);
      assert.deepEqual([...superseded.keys()], objection === undefined ? [] : ['p']);
      if (objection !== undefined) assert.match(superseded.get('p') ?? '', objection);
    });
  }

  test('each path is judged by itself', () => {
    const changes = new Map([
      ['a', entryOf('a')],
      ['b', entryOf('b')],
      ['c', undefined],
    ]);
    const base = new Map([
      ['a', 'v1'],
      ['b', 'v1'],
    ]);
    const head = new Map([
      ['a', 'v1'],
      ['b', 'v2'],
    ]);
    const { relevant, superseded } = sortChanges(changes, base, head);
    assert.deepEqual([...relevant.keys()], ['a', 'c']);
    assert.deepEqual([...superseded.keys()], ['b']);
  });
});
