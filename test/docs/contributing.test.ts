// CONTRIBUTING.md tells of the house as it is: its files are there, and its functions in them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(`${root}/CONTRIBUTING.md`, 'utf8').replaceAll(/\s+/g, ' ');
const walk = page.slice(page.indexOf("## One asset's way"), page.indexOf('## Where to change what'));
/** `name` in `file`, also when a word or two stand between them. */
const PLACES = /`(\w+)`(?: [\w']+){0,4}? in `((?:src|media)\/[\w/.-]+\.ts)`/g;

test('every function of the walk is in the file that is named', () => {
  const places = [...walk.matchAll(PLACES)];
  assert.ok(places.length > 20, `only ${places.length} functions were found`);
  for (const [, name, file = ''] of places) {
    const source = readFileSync(`${root}/${file}`, 'utf8');
    const declaration = new RegExp(`(?:function\\*? |^  (?:static )?(?:async )?)${name}[<(]`, 'm');
    assert.match(source, declaration, `${name} in ${file}`);
  }
});

for (const [name, least] of [
  ['CONTRIBUTING.md', 40],
  ['docs/testing.md', 15],
] as const) {
  test(`every file and folder that ${name} names exists`, () => {
    const text = readFileSync(`${root}/${name}`, 'utf8');
    const named = [...text.matchAll(/`((?:src|media|test|scripts|bench|docs|simulator|runner)\/[\w/.-]*)`/g)];
    assert.ok(named.length > least, `only ${named.length} were found`);
    // What a command writes and git ignores is not there before.
    const written = readFileSync(`${root}/.gitignore`, 'utf8').split('\n');
    const missing = named.map(([, path = '']) => path).filter((path) => !existsSync(`${root}/${path}`));
    assert.deepEqual(
      missing.filter((path) => !written.includes(path)),
      [],
    );
  });
}

test('every room of the sources has its row', () => {
  const house = page.slice(page.indexOf('## The house'), page.indexOf("## One asset's way"));
  const source = readFileSync(`${root}/test/house.test.ts`, 'utf8');
  const rooms = /const ROOMS = \[([^\]]+)\]/.exec(source)?.[1]?.match(/[\w.]+/g) ?? [];
  assert.ok(rooms.length > 10);
  const missing = rooms.filter(
    (room) => room !== 'main.ts' && !house.includes(room === 'media' ? '`media/`' : `src/${room}`),
  );
  assert.deepEqual(missing, []);
});
