// docs/troubleshooting.md has one row for each code that an error of the sources has, and for no other.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { mediaRules } from '../../media/rules.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * A code where an error is made (`new StepError('a-code', …`), where one is called so (`code: 'a-code'`), and where a table
 * has what tells it (`'a-code': says(…)`).
 */
const IN_ERRORS = /(?:new [A-Z]\w*|super)\(\s*'([a-z]+(?:-[a-z]+)*)',/g;
const TOLD = /^ {2}'?([a-z]+(?:-[a-z]+)*)'?: (?:says\(|\(\{ [\w, ]+ \}\) =>)/gm;
const NAMED = /\bcode(?::| =)(?!=)[^;,{}]*/g;

function collectCodes(source: string): readonly string[] {
  const made = [...source.matchAll(IN_ERRORS)].map(([, code = '']) => code);
  const named = [...source.matchAll(NAMED)].flatMap(
    ([text]) => text.match(/(?<=')[a-z]+(?:-[a-z]+)*(?=')/g) ?? [],
  );
  const told = [...source.matchAll(TOLD)].map(([, code = '']) => code);
  return [...made, ...named, ...told];
}

test('the collector finds codes in every form that sources use', () => {
  const source = `
    throw new StepError('one', message);
    throw new StepError(
      'two-words', message);
    super('three', message);
    const code = isTold ? 'four' : 'five';
    return { code: 'six', cause: 'no-code' };
    interface Remedy { readonly code: string; }
    fail(code === undefined ? 'no-code' : code);
  'seven': says(/words/),
  eight: ({ status }) => status === 8,
  nine: 'no-code',`;
  const codes = ['one', 'two-words', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  assert.deepEqual(collectCodes(source), codes);
});

test('each code of the sources has one row, and each row is of a code that is used', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(`${root}/${file}`, 'utf8'),
  );
  const used = new Set(sources.flatMap(collectCodes));
  const page = readFileSync(`${root}/docs/troubleshooting.md`, 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|(?: .+ \|){3}$/gm)].map(([, code]) => code);
  assert.deepEqual(rows.toSorted(), [...used].sort());
});

test('each media rule has one row, with the words of its messages', () => {
  const page = readFileSync(`${root}/docs/troubleshooting.md`, 'utf8');
  for (const { rule, takes } of mediaRules) {
    const rows = page.split('\n').filter((line) => line.startsWith(`| \`${rule}\` | `));
    assert.equal(rows.length, 1, rule);
    assert.ok(rows[0]?.includes(takes.replace(/\d[\d.]*(?=:1)/, '…')), `${rule}: ${takes}`);
  }
});
