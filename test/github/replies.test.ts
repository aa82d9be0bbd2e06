import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NoAnswer } from '../../src/github/failure.ts';
import { LARGE_FILE, readBytes, acceptFileErrors } from '../../src/github/replies.ts';

const AT = ['repository', 'ref', 'target'];
const ABSENT = { type: 'NOT_FOUND', path: [...AT, 'file'], message: "Could not resolve file for path 'm'." };
const LARGE = { type: 'X', path: [...AT, 'file'], message: 'Could not resolve file over 10mb.' };
const FORBIDDEN = { type: 'FORBIDDEN', path: ['repository', 'pullRequests'], message: 'No' };

function failWith(errors: unknown): { readonly errors: unknown; readonly data: object } {
  return { errors, data: { repository: { ref: { target: { oid: 'x', file: null } } } } };
}

describe('errors beside data', () => {
  for (const [name, error, file] of [
    ['about absent files alone are none', failWith([ABSENT, ABSENT]), null],
    ['about a file that is too large stand for it', failWith([LARGE]), LARGE_FILE],
  ] as const) {
    test(name, () => {
      assert.deepEqual(acceptFileErrors(error), { repository: { ref: { target: { oid: 'x', file } } } });
    });
  }

  for (const [name, error] of [
    ['about anything else', failWith([ABSENT, FORBIDDEN])],
    ['of the same type elsewhere', failWith([{ ...ABSENT, path: AT }])],
    ['about a file, of another type', failWith([{ ...ABSENT, type: 'FORBIDDEN' }])],
    [
      'about a file that is too large where there is no commit',
      failWith([{ ...LARGE, path: ['x', 'file'] }]),
    ],
    ['without a path', failWith([{ type: 'NOT_FOUND', message: 'Gone' }])],
    ['that are no list', failWith('strange')],
  ] as const) {
    test(`${name} are trouble`, () => {
      assert.throws(
        () => acceptFileErrors(error),
        (thrown) => thrown === error,
      );
    });
  }
});

test('a body is read to its end, or to a limit', async () => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ');
    yield Buffer.from('two');
  }
  assert.equal((await readBytes(body(), 7)).toString(), 'one two');
  await assert.rejects(readBytes(body(), 6), NoAnswer);
});
