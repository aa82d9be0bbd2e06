// The scripts of released.yml, with a stand-in for `gh`: which releases move the major tag.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runProgram } from '../support/command.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { readWorkflow } from './workflow.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const scripts = readWorkflow('.github/workflows/released.yml').workflow.jobs.major?.steps.flatMap(
  ({ run }) => run ?? [],
);

/** Answers what the scripts ask, as the variables say, and notes what they write. */
const gh = `#!/bin/sh
case "$*" in
  'api repos/o/r/releases/tags/v1.2.3 --jq .immutable') echo "$IMMUTABLE" ;;
  "api repos/o/r/compare/main...${SHA} --jq .status") [ -n "$COMPARED" ] && echo "$COMPARED" ;;
  'api repos/o/r/releases/tags/v1 --silent') [ -n "$MAJOR_RELEASE" ] ;;
  'api --paginate repos/o/r/git/matching-refs/tags/v1. --jq .[].ref') printf 'refs/tags/%s\\n' $TAGS ;;
  'api repos/o/r/git/ref/tags/v1 --silent') [ -n "$MAJOR_TAG" ] ;;
  'api --method '*) echo "$*" >> written ;;
  *) exit 9 ;;
esac
`;

const sound = {
  IMMUTABLE: 'true',
  COMPARED: 'behind',
  MAJOR_RELEASE: '',
  TAGS: 'v1.2.3 v1.2.2 v1.2.3-rc.1',
  MAJOR_TAG: 'yes',
};

async function release(t: TestContext, answers: Partial<typeof sound>) {
  const cwd = makeFolder(t, { 'bin/gh': gh });
  chmodSync(join(cwd, 'bin/gh'), 0o755);
  const env = {
    ...{ ...sound, ...answers },
    ...{ PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, GH_REPO: 'o/r', TAG: 'v1.2.3', GITHUB_SHA: SHA },
  };
  let log = '';
  for (const script of scripts ?? []) {
    const { exitCode, stdout, stderr } = await runProgram('bash', ['-eo', 'pipefail', '-c', script], {
      cwd,
      env,
    });
    log += stdout + stderr;
    if (exitCode !== 0) break;
  }
  const written = join(cwd, 'written');
  return { log, written: existsSync(written) ? readFileSync(written, 'utf8') : '' };
}

const MOVED = `api --method PATCH repos/o/r/git/refs/tags/v1 -f sha=${SHA} -F force=true\n`;
const CREATED = `api --method POST repos/o/r/git/refs -f ref=refs/tags/v1 -f sha=${SHA}\n`;

const cases: readonly { name: string; answers: Partial<typeof sound>; written: string; says?: RegExp }[] = [
  { name: 'a commit of main', answers: {}, written: MOVED },
  { name: "main's head", answers: { COMPARED: 'identical' }, written: MOVED },
  { name: 'the first release', answers: { MAJOR_TAG: '' }, written: CREATED },
  {
    name: 'a commit before main',
    answers: { COMPARED: 'ahead' },
    written: '',
    says: /not of a commit of main/,
  },
  { name: 'a commit beside main', answers: { COMPARED: 'diverged' }, written: '', says: /merge 0123456/ },
  { name: 'a commit without common history', answers: { COMPARED: '' }, written: '', says: /of main/ },
  { name: 'an older version', answers: { TAGS: 'v1.2.3 v1.10.0' }, written: '', says: /stays at v1\.10\.0/ },
  { name: 'what can be changed', answers: { IMMUTABLE: 'false' }, written: '', says: /is not immutable/ },
  {
    name: 'a major tag with a release',
    answers: { MAJOR_RELEASE: 'yes' },
    written: '',
    says: /a release for v1/,
  },
];

for (const { name, answers, written, says } of cases) {
  test(`${name}: the major tag ${written === '' ? 'stays' : 'moves'}`, async (t) => {
    const result = await release(t, answers);
    assert.equal(result.written, written, result.log);
    if (says !== undefined) assert.match(result.log, says);
  });
}
