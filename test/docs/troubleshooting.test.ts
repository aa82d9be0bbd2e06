// docs/troubleshooting.md knows every message of the sources.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { collectMessages, collectTexts } from './messages.ts';

const root = resolve(import.meta.dirname, '../..');

test('every message of the sources is in docs/troubleshooting.md', () => {
  const page = readFileSync(`${root}/docs/troubleshooting.md`, 'utf8').replace(/\s+/g, ' ');
  const messages = [...collectMessages(`${root}/src`), ...collectMessages(`${root}/media`)];
  assert.ok(messages.length > 200, `only ${messages.length} messages were found`);
  const missing = messages.filter(({ text }) => !page.includes(text.replace(/\s+/g, ' ')));
  assert.deepEqual(
    missing.map(({ file, text }) => `${file}: ${text}`),
    [],
  );
});

/** What the collector takes out of a statement. */
const statements = {
  'a plain text': { source: `fail('the disk is full');`, texts: ['the disk is full'] },
  'a template with placeholders': {
    source: 'fail(`$' + '{path}: has $' + '{n} bytes; at most $' + '{limit} are read.`);',
    texts: ['has … bytes; at most … are read'],
  },
  'texts put together': {
    source: `fail('The file ' + name + ' is gone. ' + 'Restore it ' + from);`,
    texts: ['The file … is gone. Restore it'],
  },
  'a text within a placeholder': {
    source: `fail('Cannot open the file: ' + (ok ? 'it is a folder' : reason));`,
    texts: ['Cannot open the file', 'it is a folder'],
  },
  'a text that is only told in the log': { source: `reporter.info('all went very well');`, texts: [] },
  'names and parts': { source: `pick('access-key', 'not found', 'image/png');`, texts: [] },
};

for (const [name, { source, texts }] of Object.entries(statements)) {
  test(`the collector on ${name}`, () => {
    assert.deepEqual(collectTexts(source), texts);
  });
}
