// Which versions of Node are new enough. That the action and the command ask is tested by themselves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { requireNode } from '../../src/pipeline/process.ts';

describe('requireNode', () => {
  for (const version of ['22.19.0', '22.20.1', '23.0.0', '24.1.0', '100.0.0']) {
    it(`takes ${version}`, () => requireNode(version, ''));
  }
  for (const version of ['22.18.9', '20.20.2', '18.0.0', '', 'x']) {
    it(`refuses ${version}`, () => assert.throws(() => requireNode(version, ''), { code: 'node-too-old' }));
  }

  it('asks for what package.json says', () => {
    const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    const [, least = ''] = /^>=([\d.]+)$/.exec(engines.node) ?? [];
    requireNode(least, '');
    const [major, minor] = least.split('.').map(Number);
    assert.throws(
      () => requireNode(`${major}.${(minor ?? 0) - 1}.0`, 'do this'),
      /newer and runs on Node .*; do this\.$/,
    );
  });
});
