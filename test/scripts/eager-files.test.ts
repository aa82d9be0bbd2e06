// What every run loads decides how fast it starts: the bundle keeps the rest for when it is needed.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { listEagerFiles } from '../../scripts/eager-files.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const dist = resolve(import.meta.dirname, '../../dist');

/** A text that only one part of the bundle holds, for each part that few runs need. */
const RARE: Readonly<Record<string, string>> = {
  undici: 'UND_ERR_SOCKET',
  octokit: 'GET /repos/{owner}/{repo}/actions/artifacts',
  'MP4 reader': 'its index (moov) is damaged',
  'PDF reader': 'it has no PDF header',
};

it('follows what is required at once only', (t) => {
  const folder = makeFolder(t, {
    'main.js':
      'const a=require("./a.js");let b=require(`./b.js`),c=require("fs");Promise.resolve().then(()=>require("./late.js"));',
    'a.js': "require('./c.js');",
    'b.js': 'const q=1;exports.q=q;',
    'c.js': 'let x=require("./a.js");',
    'late.js': '',
  });
  assert.deepEqual(listEagerFiles(folder, 'main.js').toSorted(), ['a.js', 'b.js', 'c.js', 'main.js']);
});

for (const entry of ['main.js', 'judge-worker.js']) {
  const texts = listEagerFiles(dist, entry).map((name) => readFileSync(join(dist, name), 'utf8'));
  for (const [part, mark] of Object.entries(RARE)) {
    it(`${entry} does not load ${part} before it runs`, () => {
      const all = readdirSync(dist).filter((name) => name.endsWith('.js'));
      assert.ok(
        all.some((name) => readFileSync(join(dist, name), 'utf8').includes(mark)),
        'the mark is right',
      );
      assert.ok(!texts.some((text) => text.includes(mark)));
    });
  }
}

it('the worker loads less than the main thread', () => {
  const main = listEagerFiles(dist, 'main.js');
  const worker = listEagerFiles(dist, 'judge-worker.js');
  assert.deepEqual(
    worker.filter((name) => !main.includes(name)),
    ['judge-worker.js'],
  );
  assert.ok(worker.length < main.length);
});
