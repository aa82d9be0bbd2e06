// The programs that documents show do what they say: those of docs/manifest.md print a file ID whole, and those of
// the README's beginning work in a folder of assets.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { cliFile } from '../support/command.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(resolve(root, 'docs/manifest.md'), 'utf8');
const id = '4:aGVhZGVyLmpwZw==:aW1hZ2UvanBlZw==:ARa\n4:aGVhZGVyLmpwZw==:aW1hZ2UvanBlZw==:ARb ';
const manifest = JSON.stringify({ version: 1, assets: { 'whatsapp/promo/header.jpg': { id } } });

/** Language of the block, and what runs it. */
const runners: Readonly<Record<string, (program: string) => [string, readonly string[]]>> = {
  sh: (program) => ['bash', ['-ec', program]],
  js: (program) => [nodePath, ['--input-type=module', '--eval', program]],
  python: (program) => ['python3', ['-c', program]],
};

for (const [language, describeCommand] of Object.entries(runners)) {
  test(`the ${language} program`, (t) => {
    const program = new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 's').exec(page)?.[1] ?? '';
    assert.notEqual(program, '');
    const cwd = makeFolder(t, { 'nxcloud-assets.json': manifest });
    const [command, args] = describeCommand(program);
    assert.equal(execFileSync(command, args, { cwd, encoding: 'utf8' }), `${id}\n`);
  });
}

const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

test("the README's first command finds its way without an account", () => {
  const [, command = ''] = /^ *```sh\n *(npx nxcloud-template-assets check .+)$/m.exec(readme) ?? [];
  const program = command.replace('npx nxcloud-template-assets', `'${nodePath}' '${cliFile}'`);
  const cwd = resolve(root, 'examples/assets');
  const printed = execFileSync('bash', ['-ec', program], { cwd, encoding: 'utf8', stdio: 'pipe' });
  assert.match(printed, /\b6 to upload/);
});

test("the README's program prints an ID", (t) => {
  const [program = ''] = /^jq .+$/m.exec(readme) ?? [];
  const cwd = makeFolder(t, { 'nxcloud-assets.json': manifest });
  assert.equal(execFileSync('bash', ['-ec', program], { cwd, encoding: 'utf8' }), `${id}\n`);
});
