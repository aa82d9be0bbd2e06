// Which patterns a command takes when it is given none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFiles, openCommandHost } from '../../src/command/command-host.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { makeFolder, writeFiles } from '../support/temporary-folder.ts';

/** The text of a manifest with entries for some paths. */
function writeManifest(...paths: readonly string[]): string {
  return JSON.stringify({ version: 1, assets: Object.fromEntries(paths.map((path) => [path, makeEntry()])) });
}

const choices: Readonly<Record<string, readonly [manifest: string, files: string]>> = {
  'the folders of the entries': [writeManifest('media/x.png', 'icons/x.png'), 'icons/**\nmedia/**'],
  'the topmost folder, for what is new beside an entry': [
    writeManifest('media/b/x.png', 'media/a/c/x.png'),
    'media/**',
  ],
  'the types of what lies at the root': [writeManifest('x.png', 'y.png', 'z.PDF'), '*.PDF\n*.png'],
  'names with signs of patterns': [writeManifest('![b]*/x.png'), './!?b??/**'],
  'names that look like a wrong pattern': [writeManifest('# my, {pics}/x.png'), '??my???pics}/**'],
  'the usual folder beside an empty manifest': [writeManifest(), 'whatsapp/**'],
  'the usual folder beside a broken manifest': ['{', 'whatsapp/**'],
};

for (const [name, [manifest, files]] of Object.entries(choices)) {
  test(`takes ${name}`, (t) => {
    const workspace = makeFolder(t, { 'site/m.json': manifest });
    const values = new Map([['working-directory', 'site']]);
    const host = openCommandHost({ NXCLOUD_MANIFEST_PATH: 'm.json' }, 'check', values);
    const chosen = chooseFiles({ ...host, workspace });
    assert.equal(chosen?.files, files);
    const source = files === 'whatsapp/**' ? '' : ', the folders of m.json';
    assert.equal(
      chosen.notice,
      `No \`files\` are given; these are taken: ${files.replace('\n', ', ')}${source}.`,
    );
  });
}

test('takes the usual manifest, without one the usual folder, and nothing where patterns are given', (t) => {
  const workspace = makeFolder(t);
  const choose = (env: Record<string, string>): string | undefined =>
    chooseFiles({ ...openCommandHost(env, 'check', new Map()), workspace })?.files;
  assert.equal(choose({}), 'whatsapp/**');
  writeFiles(workspace, { 'nxcloud-assets.json': writeManifest('a/x.png') });
  assert.equal(choose({}), 'a/**');
  assert.equal(choose({ NXCLOUD_FILES: 'x' }), undefined);
});
