// The notes of a release come from its own section of the changelog, and one version is named everywhere.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { extractNotes } from '../../scripts/changelog.ts';

const changelog = `# Changelog

## [Unreleased]

- soon

## [1.1.0] - 2027-02-03

### Added

- something

## [1.0.1] - 2027-01-02

## [1.0.0] - Unreleased

- not yet
`;

const rows = [
  ['a released version', '1.1.0', '### Added\n\n- something'],
  ['a version without notes', '1.0.1', undefined],
  ['a version without a date', '1.0.0', undefined],
  ['another version', '1.1', undefined],
] as const;

for (const [name, version, notes] of rows) {
  test(name, () => assert.equal(extractNotes(changelog, version), notes));
}

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { name, version }: { name: string; version: string } = JSON.parse(read('package.json'));

test('the newest section of the changelog is of the version of the package', () => {
  assert.equal(/^## \[(.+?)\]/m.exec(read('CHANGELOG.md'))?.[1], version);
  const { packages, version: locked } = JSON.parse(read('package-lock.json'));
  assert.deepEqual([locked, packages[''].version], [version, version]);
});

test('documents and examples name that version, or its major one', () => {
  const paths = globSync(['*.md', 'docs/*.md', 'examples/**/*.yml', 'examples/**/.*.yml'], { cwd: root });
  const pattern = new RegExp(`${name}@(v?\\d[\\w.]*)`, 'g');
  const named = paths.flatMap((path) => [...read(path).matchAll(pattern)].map(([, found]) => found));
  assert.deepEqual(new Set(named), new Set([version, `v${version.split('.')[0]}`]));
});
