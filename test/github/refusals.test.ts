// What kind a refusal is of; the words themselves are tested with their remedies.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NoAnswer, Refusal } from '../../src/github/failure.ts';
import { findCauses, isPermissionRefusal, isUnrelatedToHead } from '../../src/github/refusals.ts';

function refuse(
  status: number,
  message: string,
  types: readonly string[] = [],
  rateLimitMs?: number,
): Refusal {
  return new Refusal(message, { status, types, isAboutPullRequests: false, rateLimitMs });
}

const RULES = 'Repository rule violations found\n\nChanges must be made through a pull request.';

describe('findCauses', () => {
  for (const [what, refusal, causes] of [
    [
      'a ruleset is no missing permission, whatever its type',
      refuse(200, RULES, ['FORBIDDEN']),
      ['branch-protected'],
    ],
    ['a limit is no missing permission', refuse(403, 'API rate limit exceeded', [], 60_000), ['rate-limit']],
    ['the token comes first', refuse(401, `${RULES} Commit message`), ['token-expired']],
    [
      'rules are told all',
      refuse(422, `${RULES} File path is restricted`),
      ['path-rule', 'branch-protected'],
    ],
    ['one rule is told once', refuse(422, RULES), ['branch-protected']],
    ['what is not known is told as such', refuse(422, 'Strange'), ['github-refused']],
  ] as const) {
    test(what, () => assert.deepEqual(findCauses(refusal), causes));
  }
});

describe('kinds of refusals', () => {
  const permission = [
    refuse(403, 'Forbidden'),
    refuse(200, 'No', ['FORBIDDEN']),
    refuse(404, 'Resource not accessible by integration'),
  ];
  const protection = [refuse(422, RULES), refuse(200, 'x', ['BRANCH_PROTECTION_RULE_VIOLATION'])];
  const unrelated = [
    refuse(401, 'Bad credentials'),
    refuse(403, 'You have exceeded a secondary rate limit', [], 60_000),
    refuse(403, 'This installation has been suspended'),
    refuse(422, 'Repository rule violations found\n\nFile path is restricted'),
  ];
  const related = [
    refuse(404, 'Not Found'),
    refuse(200, 'Gone', ['NOT_FOUND']),
    refuse(422, 'Reference already exists'),
    refuse(422, 'Strange'),
  ];
  const all = [...permission, ...protection, ...unrelated, ...related];

  for (const [name, isKind, members] of [
    ['isPermissionRefusal', isPermissionRefusal, permission],
    ['isUnrelatedToHead', isUnrelatedToHead, [...permission, ...protection, ...unrelated]],
  ] as const) {
    test(`${name} tells them apart`, () => {
      assert.deepEqual(
        all.filter((refusal) => isKind(refusal)),
        members,
      );
    });
  }

  test('what is no refusal is of no kind', () => {
    for (const error of [new NoAnswer('403'), new Error('Cannot update this protected ref.')]) {
      assert.equal(isPermissionRefusal(error), false);
    }
  });
});
