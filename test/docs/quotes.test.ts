// What documents quote is what the files say, and every example workflow can be found in one of them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Quote {
  readonly document: string;
  readonly file: string;
  readonly text: string;
}

const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const quotes: readonly Quote[] = documents
  .filter((name) => name.endsWith('.md'))
  .flatMap((document) => {
    const blocks = read(document).matchAll(
      /<!-- quoted from (\S+) -->\n\n```\w*\n(.*?)```\n\n<!-- end of quote -->/gs,
    );
    return [...blocks].map(([, file = '', text = '']) => ({ document, file, text }));
  });

test('quotes are to the letter', () => {
  for (const { document, file, text } of quotes) assert.equal(text, read(file), `${document} quotes ${file}`);
});

test('every example workflow is quoted once', () => {
  const shown = quotes.map(({ file }) => file).filter((file) => file.startsWith('examples/workflows/'));
  const files = readdirSync(join(root, 'examples/workflows')).map((name) => `examples/workflows/${name}`);
  assert.deepEqual(shown.sort(), files.sort());
});

test('the tables of the README have a row for each input and output', () => {
  const readme = read('README.md');
  const action = read('action.yml');
  const declared = [...action.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name);
  const table = readme.slice(readme.indexOf('<!-- inputs:'), readme.indexOf('<!-- end of outputs -->'));
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  assert.ok(rows.length > 40);
  assert.deepEqual(rows, declared);
});
