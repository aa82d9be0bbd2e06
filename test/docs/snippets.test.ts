// The programs that docs/manifest.md shows print a file ID whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/manifest.md'), 'utf8');
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
