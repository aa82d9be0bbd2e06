// What people read when GitHub refuses: its words as lines, and the remedy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOut, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator } from '../support/workspace.ts';

test('a ruleset is told line by line, in the annotation and in the summary', async (t) => {
  const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
  hosting.repository.protectedBranches.set('main', 'ruleset');
  const simulator = await openSimulator(t);
  const result = await runIn(await checkOut(t, hosting), { simulator });
  assert.equal(result.exitCode, 1);
  const { message = '' } = result.annotations.findLast(({ level }) => level === 'error') ?? {};
  const [opening = '', title, ...rest] = message.split('\n');
  assert.match(opening, /^GitHub refused to commit to the branch main:$/);
  assert.equal(title, 'Repository rule violations found');
  assert.match(rest.at(-1) ?? '', /^The branch main is protected\. .*workspace\. \[branch-protected\]/);
  assert.doesNotMatch(message, /\\u000a/);
  assert.match(result.summary, /Repository rule violations found<br>/);
});
