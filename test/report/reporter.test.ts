// What a step writes for the runner: its commands, and what of them GitHub shows. All cases are played in one process of
// their own, whose standard output is what the runner reads.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';

const MODULE = resolve(import.meta.dirname, '../../src/report/reporter.ts');

const CASE_END = '-- the end of a case --\n';

const cases: Readonly<Record<string, readonly [body: string, expected: readonly string[]]>> = {
  'nine annotations of a level, the rest in the log, and how many those are': [
    "repeat(11, (at) => r.annotate('notice', 'told ' + at)); end();",
    [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `::notice::told ${at}`),
      'notice: told 10',
      'notice: told 11',
      '::notice::2 more notices in the log of this step.',
      'no assets',
    ],
  ],
  'the failures last, with their codes at the end': [
    `repeat(10, (at) => r.annotate('error', 'refused', at + '.png'));
     end({ failures: [{ code: 'a', sentence: 'One. [a]' }, { code: 'b', sentence: 'Two. [b]' }] });`,
    [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `::error file=${at}.png::${at}.png: refused`),
      'error: 10.png: refused',
      '::error::1 more error in the job summary and the log of this step. One. [a] Two. [b]',
      'no assets',
    ],
  ],
  'a long message whole, as far as GitHub shows one': [
    "r.annotate('error', 'x'.repeat(3400) + ' [code]'); r.annotate('error', 'y'.repeat(4000));",
    [`::error::${'x'.repeat(3400)} [code]`, `::error::${'y'.repeat(3500)}…`],
  ],
  'the lines of a failure, each harmless': [
    "end({ mode: '', failures: [{ code: 'a', sentence: '2 are wrong:\\n::x::\\ny\\u001b [a]' }] });",
    ['::error::2 are wrong:%0A:\\:x::%0Ay\\u001b [a]'],
  ],
  'no command from a name or a message': [
    "r.info('::set-output name=x::y'); r.annotate('warning', '\\n::error::z', 'a\\n::b.png'); r.info('##[group]');",
    [
      ':\\:set-output name=x::y',
      '::warning file=a\\u000a%3A%3Ab.png::a\\u000a::b.png: \\u000a::error::z',
      '##\\[group]',
    ],
  ],
  'secrets masked whole and line by line, and hidden': [
    "r.hide(['one\\ntwo', ''], (text) => text.replaceAll('two', '***')); r.info('say two');",
    ['::add-mask::one%0Atwo', '::add-mask::one', '::add-mask::two', 'say ***'],
  ],
  'what was done, but for files that an error tells of': [
    `r.annotate('error', 'refused', 'b.png');
     end({ outcomes: [outcome('a.png', 'reused', 'new'), outcome('b.png', 'pending', 'refused')], gallery: 'g.html' });`,
    [
      '::error file=b.png::b.png: refused',
      '::group::What was done, and what was not',
      'a.png: reused, new',
      '::endgroup::',
      'The gallery is g.html',
      '1 pending, 1 reused',
    ],
  ],
  'what a check would do': [
    "end({ mode: 'check', outcomes: [outcome('a.png', 'removed', 'the file is gone')] });",
    [
      '::group::What would be done',
      'a.png: will be removed: the file is gone',
      '::endgroup::',
      '1 to remove',
    ],
  ],
  'an end of a group that fails': [
    "await r.group('Upload', async () => { throw new Error(); }).catch(() => r.info('failed'));",
    ['::group::Upload', '::endgroup::', 'failed'],
  ],
  'outputs that do not arrive': [
    "r.info((r.setOutputs({ a: '1' }) ?? 'all').replace(/:.*all/, ': …'));",
    ['The outputs could not be written (GITHUB_OUTPUT): ….'],
  ],
  'a summary that cannot be written': [
    "r.writeSummary('x');",
    ['::warning::The job summary could not be written: GITHUB_STEP_SUMMARY is not set.'],
  ],
};

/** The lines that each case writes; `r` is its reporter. */
function play(): readonly (readonly string[])[] {
  const script = `import { GitHubReporter } from ${JSON.stringify(MODULE)};
const outcome = (path, status, reason = '') => ({ path, status, reason, findings: [], isChanged: false });
const repeat = (count, act) => { for (let at = 1; at <= count; at += 1) act(at); };
const write = async (act) => {
  const r = new GitHubReporter(undefined);
  await act(r, (more) => r.conclude({ mode: 'output', outcomes: [], failures: [], gallery: undefined, ...more }));
  process.stdout.write(${JSON.stringify(CASE_END)});
};
${Object.values(cases)
  .map(([body]) => `await write(async (r, end) => { ${body} });`)
  .join('\n')}`;
  const flags = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script];
  const env = { PATH: '', GITHUB_OUTPUT: '/nowhere/at/all' };
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8', env });
  assert.equal(stderr, '');
  return stdout.split(CASE_END).map((said) => said.trimEnd().split(/\r?\n/));
}

const played = play();
for (const [index, [name, [, expected]]] of Object.entries(cases).entries())
  test(`writes ${name}`, () => assert.deepEqual(played[index], expected));
