// Reading the event of a run, and what its kinds mean.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findClosing, isPullRequestEvent, parseBranchRef, readEvent } from '../../src/inputs/event.ts';
import { makeFolder } from '../support/temporary-folder.ts';

describe('readEvent', () => {
  it('takes the event from the environment and its file', (t) => {
    const folder = makeFolder(t, { 'event.json': '{"ref":"refs/heads/main"}' });
    const event = readEvent({
      GITHUB_EVENT_NAME: 'push',
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
      GITHUB_ACTOR: 'octocat',
      GITHUB_REPOSITORY: 'octo-org/assets',
      GITHUB_REPOSITORY_ID: '4711',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_API_URL: 'https://github.example/api/v3',
    });
    assert.deepEqual(event, {
      name: 'push',
      payload: { ref: 'refs/heads/main' },
      actor: 'octocat',
      repository: 'octo-org/assets',
      repositoryId: '4711',
      sha: 'a'.repeat(40),
      ref: 'refs/heads/main',
      serverUrl: 'https://github.example',
      apiUrl: 'https://github.example/api/v3',
    });
  });

  it('leaves empty what there is not', () => {
    assert.deepEqual(readEvent({}), {
      name: '',
      payload: undefined,
      actor: '',
      repository: '',
      repositoryId: '',
      sha: '',
      ref: '',
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
    });
  });

  for (const [what, text] of [
    ['that is no JSON', '{"ref":'],
    ['that holds a text', '"refs/heads/main"'],
    ['that holds null', 'null'],
    ['that holds a list', '[]'],
    ['that is empty', ''],
  ] as const) {
    it(`takes a file ${what} for none`, (t) => {
      const folder = makeFolder(t, { 'event.json': text });
      assert.equal(readEvent({ GITHUB_EVENT_PATH: join(folder, 'event.json') }).payload, undefined);
    });
  }

  it('takes a file that is not there for none', (t) => {
    assert.equal(readEvent({ GITHUB_EVENT_PATH: join(makeFolder(t), 'event.json') }).payload, undefined);
  });
});

describe('kinds of events', () => {
  for (const [name, expected] of [
    ['pull_request', true],
    ['pull_request_review', true],
    ['pull_request_review_comment', true],
    ['pull_request_target', false],
    ['push', false],
    ['', false],
  ] as const) {
    it(`${name || 'none'} ${expected ? 'is' : 'is not'} about a pull request`, () => {
      assert.equal(isPullRequestEvent({ name }), expected);
    });
  }

  for (const [name, action, merged, expected] of [
    ['pull_request', 'closed', true, 'merged'],
    ['pull_request', 'closed', false, 'abandoned'],
    ['pull_request', 'closed', undefined, 'abandoned'],
    ['pull_request', 'labeled', true, undefined],
    ['issues', 'closed', true, undefined],
  ] as const) {
    it(`${name} ${action}, merged ${merged}: ${expected}`, () => {
      const payload = { action, pull_request: { merged } };
      assert.equal(findClosing({ name, payload }), expected);
    });
  }

  for (const [ref, expected] of [
    ['refs/heads/main', 'main'],
    ['refs/heads/feature/x', 'feature/x'],
    ['refs/heads/', undefined],
    ['refs/tags/v1', undefined],
    ['x/refs/heads/main', undefined],
    ['', undefined],
  ] as const) {
    it(`the branch of ${ref || 'no ref'} is ${expected}`, () => assert.equal(parseBranchRef(ref), expected));
  }
});
