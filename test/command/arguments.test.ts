// What a command line means, and what is wrong with one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DESCRIBED_INPUTS, findDefault, nameVariable } from '../../src/inputs/described.ts';
import { type CommandLine, parseCommandLine, WrongUsage } from '../../src/command/arguments.ts';
import { ENVIRONMENT_INPUTS, INPUT_FLAGS, nameFlags } from '../../src/command/command-host.ts';

/** Parses a command line; what it prints is the help or the version. */
function parseLine(
  args: readonly string[],
  columns?: number,
): { line: CommandLine | undefined; printed: string } {
  let printed = '';
  const line = parseCommandLine(args, {
    version: '1.2.3',
    columns,
    print: (text) => {
      printed += text;
    },
  });
  return { line, printed };
}

const lines: Readonly<Record<string, readonly [args: string[], values: Record<string, string>]>> = {
  'a flag and its value': [['check', '--files', 'a/**'], { files: 'a/**' }],
  'a flag with =': [['check', '--files=a/**'], { files: 'a/**' }],
  'flags before the command': [['--files', 'a/**', 'check'], { files: 'a/**' }],
  'several patterns': [['check', '--files', 'a', '--files', '!b'], { files: 'a\n!b' }],
  'the last of other flags': [['upload', '--retries', '1', '--retries', '2'], { retries: '2' }],
  'a switch': [['check', '--force'], { force: 'true' }],
  'a switch turned off': [['check', '--no-prune'], { prune: 'false' }],
  'a switch with =': [['check', '--prune=false'], { prune: 'false' }],
  'a value that begins with a dash': [['check', '--files=--odd'], { files: '--odd' }],
  'an empty value': [['check', '--max-age='], { 'max-age': '' }],
  'a switch that is true': [['check', '--prune=true'], { prune: 'true' }],
  'a value that looks like a flag with one': [['check', '--files', '-a=b'], { files: '-a=b' }],
  'what upload takes': [['upload', '--json'], { json: 'true' }],
  'what doctor takes': [['doctor', '--api-url', 'http://x', '--yes'], { 'api-url': 'http://x', yes: 'true' }],
  'what fill takes': [['fill', 't.json', '--manifest', 'm', '--out', 'o'], { manifest: 'm', out: 'o' }],
};

for (const [name, [args, values]] of Object.entries(lines)) {
  test(`parses ${name}`, () => {
    assert.deepEqual(Object.fromEntries(parseLine(args).line?.values ?? []), values);
  });
}

test('parses the command and what stands behind it', () => {
  const { line } = parseLine(['fill', 'a.json', '--out', 'b.json']);
  assert.equal(line?.command, 'fill');
  assert.deepEqual(line.words, ['a.json']);
});

const mistakes: Readonly<Record<string, readonly [args: string[], said: RegExp]>> = {
  'no command': [['--json'], /^this names no command; see --help$/],
  'an unknown command': [['chek'], /^unknown command 'chek' \(Did you mean check\?\); see --help$/],
  'help for an unknown command': [['help', 'publish'], /^this names no command; see --help$/],
  'patterns that the shell expanded': [
    ['check', '--files', 'a.png', 'b.png'],
    /: b\.png; put patterns into quotes/,
  ],
  'two templates': [['fill', 'a.json', 'b.json'], /: a\.json, b\.json; give one template at a time$/],
  "another command's flag for the manifest": [
    ['fill', 'a.json', '--manifest-path', 'm.json'],
    /^--manifest-path is not a flag of fill \(Did you mean --manifest\?\); see fill --help$/,
  ],
  "fill's flag for the manifest": [
    ['check', '--manifest=m.json'],
    /^--manifest is not a flag of check \(Did you mean --manifest-path\?\); see check --help$/,
  ],
  'fill without a template': [['fill'], /missing required argument 'template'/],
  'an unknown flag': [
    ['check', '--file=x'],
    /^unknown option '--file' \(Did you mean --files\?\); see --help$/,
  ],
  'a flag about sending where nothing is sent': [
    ['check', '--retries=1'],
    /^--retries is not a flag of check; /,
  ],
  'a flag of another command': [
    ['doctor', '--force'],
    /^--force is not a flag of doctor; see doctor --help$/,
  ],
  'yes where nothing is asked': [['upload', '--yes'], /^--yes is not a flag of upload/],
  'no value': [['check', '--files'], /^--files needs a value: --files=…$/],
  'a flag in the place of a value': [['check', '--files', '--json'], /^--files needs a value/],
  'a value where none belongs': [['doctor', '--yes=no'], /^--yes takes no value; leave it out to say no$/],
  'a switch that is neither true nor false': [
    ['check', '--force=hidden-1'],
    /^--force takes no value but true or false$/,
  ],
  'a denied flag': [['doctor', '--no-yes'], /^unknown option '--no-yes'/],
  'an input of the action alone': [['upload', '--comment'], /^--comment works in the GitHub action only$/],
  'a mode': [['upload', '--mode', 'commit'], /^--mode works in the GitHub action only/],
  'a token': [['upload', '--token', 'hidden-1'], /^--token works in the GitHub action only/],
  'an access key': [['upload', '--access-key', 'hidden-1'], /secret and no flag.*NXCLOUD_ACCESS_KEY/],
  'an access secret': [['upload', '--access-secret=hidden-1'], /secret and no flag.*NXCLOUD_ACCESS_SECRET/],
  'a secret misspelt': [['upload', '--acess-key=hidden-1'], /^unknown option '--acess-key'/],
  'a secret of several lines misspelt': [
    ['upload', '--acess-key=x\nhidden-1'],
    /^unknown option '--acess-key'/,
  ],
  'a secret with one dash': [['upload', '-acess-key=hidden-1'], /^unknown option '-acess-key'/],
  'a secret behind a misspelt flag': [['--acess-key', 'hidden-1', 'upload'], /^unknown option '--acess-key'/],
  'one behind the command': [['upload', '--acess-key', 'hidden-1'], /^unknown option '--acess-key'/],
};

for (const [name, [args, said]] of Object.entries(mistakes)) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => parseLine(args),
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

test('help and version are printed, wherever they are asked for', () => {
  const { printed: about, line } = parseLine(['--help']);
  assert.equal(line, undefined);
  for (const command of ['check', 'upload', 'doctor', 'fill <template>']) {
    assert.match(about, new RegExp(`^  ${command} `, 'm'));
  }
  for (const args of [[], ['help'], ['nonsense', '--help'], ['-h']])
    assert.equal(parseLine(args).printed, about);
  const { printed: check } = parseLine(['help', 'check']);
  for (const args of [
    ['check', '--help'],
    ['check', '-h'],
  ]) {
    assert.equal(parseLine(args).printed, check, args.join(' '));
  }
  assert.equal(parseLine(['--version']).printed, '1.2.3\n');
});

/** The inputs that are flags of some commands; the others take all. */
const inputFlags: Readonly<Record<string, readonly string[]>> = {
  check: INPUT_FLAGS.filter(
    (name) => !['concurrency', 'retries', 'timeout', 'signature-algorithm'].includes(name),
  ),
  doctor: ['business-phone', 'timeout', 'api-url'],
  fill: [],
};

test('the help of a command names its flags, their defaults, and examples that are right', () => {
  for (const command of ['check', 'upload', 'doctor', 'fill']) {
    const { printed } = parseLine(['help', command]);
    const examples = [...printed.matchAll(/^ {2}npx nxcloud-template-assets (.*)$/gm)];
    assert.ok(examples.length > 1, command);
    for (const [, example = ''] of examples) {
      assert.equal(parseLine(example.replaceAll("'", '').split(' ')).line?.command, command);
    }
    const flags = [...printed.matchAll(/^ {2}--(?:\[no-\])?([a-z-]+)/gm)].map(([, flag = '']) => flag);
    assert.deepEqual(
      flags.filter((name) => INPUT_FLAGS.includes(name)),
      inputFlags[command] ?? INPUT_FLAGS,
    );
    const words = printed.replaceAll(/\s+/g, ' ');
    assert.doesNotMatch(words, /Not needed in/);
    for (const name of flags)
      assert.ok(words.includes(`(default: ${findDefault(name)}`) || findDefault(name) === '', name);
  }
});

for (const [columns, widest] of [
  [undefined, 80],
  [20, 60],
  [60, 60],
  [90, 90],
  [300, 100],
] as const) {
  test(`the help is as wide as ${columns ?? 'no'} columns let it be`, () => {
    const lines = ['', 'check', 'doctor', 'fill'].flatMap((command) =>
      parseLine(['help', command], columns).printed.split('\n'),
    );
    const widths = lines.map(({ length }) => length);
    assert.ok(
      Math.max(...widths) <= widest,
      lines.find(({ length }) => length > widest),
    );
    assert.ok(Math.max(...widths) > widest - 10);
  });
}

const namings: Readonly<Record<string, readonly [message: string, named: string]>> = {
  'a fault': ['Wrong input. retries: "99" is no number.', 'Wrong input. --retries: "99" is no number.'],
  'faults, one a line': [
    '2 inputs are wrong:\n  files: x.\n  timeout: y.',
    '2 inputs are wrong:\n  --files: x.\n  NXCLOUD_TIMEOUT: y.',
  ],
  'a secret': ['  access-key: is missing', '  NXCLOUD_ACCESS_KEY: is missing'],
  'an input in a sentence': ['check `files`', 'check --files'],
  'an input with a value': ['set `renew-before: never`', 'set --renew-before never'],
  'a variable with a value': ['set `timeout: 5s`', 'set NXCLOUD_TIMEOUT=5s'],
  switches: ['set `force: true` and `prune: false`', 'set --force and --no-prune'],
  'what only a step has': ['Use `mode: commit`', 'Use `mode: commit`'],
  'other code': ['run `magick "a.png" b`', 'run `magick "a.png" b`'],
  'other words before a colon': ['a file: files: x', 'a file: files: x'],
};

for (const [name, [message, named]] of Object.entries(namings)) {
  test(`names as at a command line ${name}`, () => {
    assert.equal(nameFlags(message, { NXCLOUD_TIMEOUT: '5s' }), named);
  });
}

test('names a flag where both are given, as the flag wins', () => {
  const env = { NXCLOUD_TIMEOUT: '5s', NXCLOUD_RETRIES: '9', NXCLOUD_SHARD: '' };
  const named = nameFlags('`timeout`, `retries`, `shard`', env, new Map([['retries', '1']]));
  assert.equal(named, 'NXCLOUD_TIMEOUT, --retries, --shard');
});

test('secrets are variables and no flags', () => {
  const { printed } = parseLine([]);
  for (const name of ENVIRONMENT_INPUTS) {
    assert.ok(printed.includes(nameVariable(name)));
    assert.ok(!parseLine(['help', 'upload']).printed.includes(`--${name}`));
  }
});
