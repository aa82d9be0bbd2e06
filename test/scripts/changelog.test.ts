// The notes of a release come from its own section of the changelog.
import assert from 'node:assert/strict';
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
