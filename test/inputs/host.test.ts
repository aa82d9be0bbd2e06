// What a step of a workflow gives to a run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStepHost } from '../../src/inputs/host.ts';

describe('openStepHost', () => {
  it('forgets an input, so that no child process inherits it', () => {
    const env = { 'INPUT_ACCESS-SECRET': 's3cret', INPUT_MODE: 'check' };
    openStepHost(env).forgetInput('access-secret');
    assert.deepEqual(env, { INPUT_MODE: 'check' });
  });

  it('takes GITHUB_WORKSPACE for the workspace, or else the current folder', () => {
    assert.equal(openStepHost({ GITHUB_WORKSPACE: '/work/tree' }).workspace, '/work/tree');
    assert.equal(openStepHost({ GITHUB_WORKSPACE: '' }).workspace, process.cwd());
    assert.equal(openStepHost({}).workspace, process.cwd());
  });

  it('names the secret to give', () => {
    assert.match(openStepHost({}).adviseMissing('access-key'), /secrets\.NXCLOUD_ACCESS_KEY \}\}/);
  });
});
