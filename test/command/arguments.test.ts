// What a command line means, and what is wrong with one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DESCRIBED_INPUTS } from '../../src/inputs/described.ts';
import { listFlags, nameVariable, parseCommandLine, WrongUsage } from '../../src/command/arguments.ts';
import { buildHelp } from '../../src/command/help.ts';

const readings: Readonly<Record<string, readonly [args: string[], values: Record<string, string>]>> = {
  'a flag and its value': [['check', '--files', 'a/**'], { files: 'a/**' }],
  'a flag with =': [['check', '--files=a/**'], { files: 'a/**' }],
  'flags before the command': [['--files', 'a/**', 'check'], { files: 'a/**' }],
  'several patterns': [['check', '--files', 'a', '--files', '!b'], { files: 'a\n!b' }],
  'the last of other flags': [['check', '--retries', '1', '--retries', '2'], { retries: '2' }],
  'a switch': [['check', '--force'], { force: 'true' }],
  'a switch turned off': [['check', '--no-prune'], { prune: 'false' }],
  'a switch with =': [['check', '--prune=false'], { prune: 'false' }],
  'a value that begins with a dash': [['check', '--files=--odd'], { files: '--odd' }],
  'an empty value': [['check', '--max-age='], { 'max-age': '' }],
  'what doctor takes': [['doctor', '--api-url', 'http://x', '--yes'], { 'api-url': 'http://x' }],
};

for (const [name, [args, values]] of Object.entries(readings)) {
  test(`reads ${name}`, () => {
    assert.deepEqual(Object.fromEntries(parseCommandLine(args).values), values);
  });
}

test('reads what is no input', () => {
  assert.equal(parseCommandLine(['upload', '--json']).json, true);
  assert.equal(parseCommandLine(['upload']).json, false);
  assert.equal(parseCommandLine(['doctor', '--yes']).yes, true);
  for (const args of [[], ['help'], ['--help'], ['check', '-h'], ['nonsense', '--help']]) {
    assert.equal(parseCommandLine(args).command, 'help', args.join(' '));
  }
  assert.equal(parseCommandLine(['--version']).command, 'version');
});

const mistakes: Readonly<Record<string, readonly [args: string[], said: RegExp]>> = {
  'no command': [['--json'], /"" is not a command; the commands are check, upload, doctor/],
  'an unknown command': [['publish'], /"publish" is not a command/],
  'patterns that the shell expanded': [['check', '--files', 'a.png', 'b.png'], /"b\.png".*quotes/],
  'an unknown flag': [['check', '--file=x'], /"--file" is not a flag; see --help/],
  'a flag of another command': [['doctor', '--force'], /"--force" is not a flag of doctor/],
  'yes where nothing is asked': [['upload', '--yes'], /"--yes" is not a flag of upload/],
  'no value': [['check', '--files'], /--files needs a value/],
  'a flag in the place of a value': [['check', '--files', '--json'], /--files needs a value/],
  'a value where none belongs': [['doctor', '--yes=no'], /--yes takes no value/],
  'a denied flag': [['doctor', '--no-yes'], /--yes takes no value/],
  'an input of the action alone': [['upload', '--comment'], /--comment works in the GitHub action only/],
  'a mode': [['upload', '--mode', 'commit'], /--mode works in the GitHub action only/],
  'a token': [['upload', '--token', 'hidden-1'], /--token works in the GitHub action only/],
  'an access key': [['upload', '--access-key', 'hidden-1'], /secret and no flag.*NXCLOUD_ACCESS_KEY/],
  'an access secret': [['upload', '--access-secret=hidden-1'], /secret and no flag.*NXCLOUD_ACCESS_SECRET/],
  'a secret misspelt': [['upload', '--acess-key=hidden-1'], /"--acess-key" is not a flag/],
  'a secret behind a misspelt flag': [['--acess-key', 'hidden-1', 'upload'], /"--acess-key" is not a flag/],
};

for (const [name, [args, said]] of Object.entries(mistakes)) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => parseCommandLine(args),
      (error) => {
        assert.ok(error instanceof WrongUsage);
        assert.match(error.message, said);
        assert.doesNotMatch(error.message, /hidden-1/);
        return true;
      },
    );
  });
}

test('described.json says what action.yml says', () => {
  const action = parse(readFileSync(join(import.meta.dirname, '../../action.yml'), 'utf8'));
  assert.deepEqual(DESCRIBED_INPUTS, action.inputs);
});

test('the help names every flag, every default and every secret', () => {
  const help = buildHelp();
  for (const name of listFlags('check')) {
    assert.match(help, new RegExp(`^  --${name}(?: <value>)?$`, 'm'));
    const value = DESCRIBED_INPUTS[name]?.default;
    if (value !== undefined) assert.ok(help.includes(`[${value}]`), name);
  }
  assert.match(help, /^ {2}--files <value>$/m);
  assert.match(help, /^ {2}--force$/m);
  for (const name of ['access-key', 'access-secret']) {
    assert.ok(help.includes(nameVariable(name)));
    assert.ok(!help.includes(`--${name}`));
  }
  assert.ok(help.split('\n').every((line) => line.length <= 120));
});
