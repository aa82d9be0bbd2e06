// The programs that documents show do what they say: those of docs/manifest.md print a file ID whole, those of the
// README's beginning work in a folder of assets, and that of docs/templates.md creates templates.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { startSimulator } from '../../simulator/server.ts';
import { cliFile, runCommand, runProgram } from '../support/command.ts';
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

const commandPage = readFileSync(resolve(root, 'docs/command.md'), 'utf8');
const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

test("the README's first command finds its way without an account", () => {
  const [, command = ''] = /^ *```sh\n *(npx nxcloud-template-assets check .+)$/m.exec(readme) ?? [];
  const program = command.replace('npx nxcloud-template-assets', `'${nodePath}' '${cliFile}'`);
  const cwd = resolve(root, 'examples/assets');
  const printed = execFileSync('bash', ['-ec', program], { cwd, encoding: 'utf8', stdio: 'pipe' });
  assert.match(printed, /\b6 to upload/);
});

test('the command prints what its page shows', async (t) => {
  const copy = (path: string) => readFileSync(resolve(root, path));
  const cwd = makeFolder(t, {
    'whatsapp/orders/receipt.pdf': copy('examples/assets/whatsapp/orders/receipt.pdf'),
    'whatsapp/orders/shipped.png': copy('examples/assets/whatsapp/orders/shipped.png'),
    'whatsapp/promo/header.jpg': copy('examples/assets/whatsapp/promo/header.jpg'),
    'whatsapp/promo/cmyk.jpg': copy('test/samples/jpeg-cmyk.jpg'),
  });
  const { stdout, stderr } = await runCommand(['check'], { cwd });
  const [, sample = ''] = /^## Output\n\n```\n(.+?)^```/ms.exec(commandPage) ?? [];
  const shown = sample.split(/(?<=\n)/);
  const isOfRun = (line: string): boolean => /^(?:notice|error): /.test(line);
  assert.equal(stderr, shown.filter(isOfRun).join(''));
  const told = stdout.replace(/\d+\.\d s/, '0.1 s');
  assert.equal(told, shown.filter((line) => !isOfRun(line)).join(''));
});

test('the trial of templates goes all the way, for a carousel as well', async (t) => {
  const simulator = await startSimulator();
  t.after(() => simulator.close());
  const templatePage = readFileSync(resolve(root, 'docs/templates.md'), 'utf8');
  const [, program = ''] = /^```sh\n(export .+?)^```/ms.exec(templatePage) ?? [];
  const [, carousel = ''] = /^```json\n(.(?:(?!^```).)*"CAROUSEL".+?)^```/ms.exec(templatePage) ?? [];
  const cwd = makeFolder(t, { 'carousel.json': carousel });
  cpSync(resolve(root, 'examples/assets'), cwd, { recursive: true });
  cpSync(resolve(root, 'examples/create-template.mjs'), resolve(cwd, 'scripts/create-template.mjs'));
  const local = program
    .replaceAll(/^npx nxcloud-template-assets/gm, `'${nodePath}' '${cliFile}'`)
    .replaceAll(/^node/gm, `'${nodePath}'`)
    .replace('http://127.0.0.1:8765', simulator.url);
  const [fill = '', send = ''] = local.trimEnd().split('\n').slice(-2);
  const more = [fill.replace('whatsapp/promo/template.json', 'carousel.json'), send].join('\n');
  const { exitCode, stdout, stderr } = await runProgram('bash', ['-ec', `${local}${more}`], { cwd });
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /Template "summer_sale" was created .*\nTemplate "summer_carousel" was created /);
});

test("the README's program prints an ID", (t) => {
  const [program = ''] = /^jq .+$/m.exec(readme) ?? [];
  const cwd = makeFolder(t, { 'nxcloud-assets.json': manifest });
  assert.equal(execFileSync('bash', ['-ec', program], { cwd, encoding: 'utf8' }), `${id}\n`);
});
