import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { FACT_TABLES } from './facts.ts';

const page = readFileSync(new URL('../../docs/github-facts.md', import.meta.url), 'utf8');

describe('the page of facts', () => {
  for (const [name, facts] of Object.entries(FACT_TABLES)) {
    const [section = ''] = page
      .split('\n## ')
      .filter((text) => text.includes(`\`test/github-api/${name}.test.ts\``));
    const rows = [...section.matchAll(/^\| (.+) \| (.+) \| (.+) \| (.+) \|$/gm)].slice(2);

    test(`has the rows of ${name}, with their marks and sources`, () => {
      assert.deepEqual(
        rows.map(([, what, answer]) => [what, answer]),
        Object.values(facts).map(({ what, written }) => [what, written]),
      );
      for (const [row, , , mark, source = ''] of rows) {
        assert.match(mark ?? '', /^[POIU]$/, row);
        assert.match(source, /\w{3}/, row);
      }
    });

    test(`has a test for each row of ${name}`, () => {
      const tests = readFileSync(new URL(`${name}.test.ts`, import.meta.url), 'utf8');
      const tested = [...tests.matchAll(/^testFact\(\s*'(.+?)',/gm)].map(([, fact]) => fact);
      assert.deepEqual(tested.sort(), Object.keys(facts).sort());
    });
  }
});
