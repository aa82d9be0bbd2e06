// Hostile and broken manifests, through the bundle: never "upload everything", never more than text.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, test } from 'node:test';
import { type ManifestEntry, parseManifest } from '../../src/manifest/manifest.ts';
import { buildFileName } from '../../src/nxcloud/file-id.ts';
import { computeTarget } from '../../src/nxcloud/call.ts';
import type { Simulator } from '../../simulator/server.ts';
import { testAccount } from '../support/canaries.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';
import { choose } from '../support/extent.ts';

const [A, B] = [makePng('a'), makePng('b')];
const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A current entry of a content for the account of the simulator. */
function currentEntry(
  simulator: Simulator,
  content: Buffer,
  overrides: Partial<ManifestEntry> = {},
): ManifestEntry {
  const target = computeTarget(testAccount.accessKey, new URL(simulator.url), testAccount.phones[0] ?? '');
  return makeEntry({
    type: 'image/png',
    sha256: hashOf(content),
    size: content.length,
    target,
    ...overrides,
  });
}

const wrap = (assets: string): string => `{"version":1,"assets":${assets}}`;
const entry = JSON.stringify(makeEntry());

describe('a manifest that cannot be read fails the step with the place and the remedy', {
  concurrency: 4,
}, () => {
  const rows: readonly (readonly [name: string, text: string | Buffer, said: RegExp])[] = [
    ['empty', '', /it is empty/],
    ['over 28 MiB', Buffer.alloc(28 * 1024 * 1024 + 1, ' '), /it has 29360129 bytes/],
    ['deep', '['.repeat(100_000), /not valid JSON/],
    ['deep and whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /not a JSON object/],
    ['deep in a field', wrap(`{"a":${'{"x":'.repeat(50_000)}1${'}'.repeat(50_001)}`), /assets\["a"\]/],
    ['duplicate keys', wrap(`{"a.png":${entry},"a.png":${entry}}`), /the key "a\.png" stands twice \(line 1/],
    ['duplicate keys in disguise', wrap(`{"a":${entry},"\\u0061":${entry}}`), /the key "a" stands twice/],
    ['merge markers', `<<<<<<< HEAD\n${wrap('{}')}\n=======\n>>>>>>> x\n`, /merge conflict markers/],
    ['a prototype in place of itself', '{"__proto__":{"version":1,"assets":{}}}', /it has no `version`/],
    ['a prototype for an entry', wrap(`{"a.png":{"__proto__":${entry}}}`), /unknown field "__proto__"/],
    ['a newer version', '{"version":2,"assets":{}}', /its version is 2/],
    ['assets as a list', '{"version":1,"assets":[]}', /`assets` is not an object/],
    [
      'an ID that is a number',
      wrap(`{"a.png":${JSON.stringify({ ...makeEntry(), id: 4 })}}`),
      /\.id is wrong/,
    ],
    [
      'an ID with an escape',
      wrap(`{"a.png":${JSON.stringify(makeEntry({ id: '\u001b[31m' }))}}`),
      /control characters/,
    ],
    [
      'an ID of 100 KB',
      wrap(`{"a.png":${JSON.stringify(makeEntry({ id: 'x'.repeat(100_000) }))}}`),
      /100000 bytes/,
    ],
    ['a path that leads out', wrap(`{"../../etc/passwd":${entry}}`), /is not a repository-relative path/],
    ['a command as a field', '{"version":1,"assets":{},"\\n::error::x\\n##[add-mask]y":1}', /unknown field/],
    ['a command as a path', wrap('{"\\n::add-mask::x":1}'), /is not an object/],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not UTF-8 text/],
  ];
  it('whatever it is, by the parser', () => {
    for (const [name, text, said] of rows) {
      assert.throws(() => parseManifest(Buffer.from(text), 'x'), { message: said }, name);
    }
  });

  for (const [name, text, said] of choose(rows, 6)) {
    it(name, async (t) => {
      const workspace = createWorkspace(t);
      const simulator = await openSimulator(t);
      workspace.write('whatsapp/a.png', A);
      workspace.write('nxcloud-assets.json', text);
      const result = await workspace.run({ inputs: inputsFor(simulator) });
      assert.equal(result.exitCode, 1);
      assert.equal(simulator.requestCount, 0);
      const message = result.annotations.at(-1)?.message ?? '';
      assert.match(message, /^The manifest nxcloud-assets\.json cannot be read: /);
      assert.match(message, said);
      assert.match(message, /force: true|Resolve the conflict/);
      assert.ok(workspace.read('nxcloud-assets.json').equals(Buffer.from(text)));
      assert.equal(result.outputs.changed, 'false');
      assert.deepEqual(readJson(result, 'pending'), ['whatsapp/a.png'], 'what was found and not reached');
      assertOnlyOwn(renderMarkdown(result.summary));
    });
  }

  it('and is replaced with force', async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', A);
    workspace.write('nxcloud-assets.json', '<<<<<<< \u001b[31m::error::x');
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), force: 'true' } });
    assert.equal(result.exitCode, 0);
    assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png']);
  });
});

test('swapped IDs are found by the file name inside them, and both are uploaded again', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', A);
  workspace.write('whatsapp/b.png', B);
  const idOf = (content: Buffer): string =>
    `4:${Buffer.from(buildFileName(hashOf(content), 'image/png')).toString('base64')}:aW1hZ2UvcG5n:AR`;
  const entries = {
    'whatsapp/a.png': currentEntry(simulator, A, { id: idOf(B) }),
    'whatsapp/b.png': currentEntry(simulator, B, { id: `${idOf(B)}\n${idOf(A)}` }),
  };
  workspace.write('nxcloud-assets.json', JSON.stringify({ version: 1, assets: entries }));
  const result = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/a.png', 'whatsapp/b.png']);
  const warnings = result.annotations
    .filter(({ level }) => level === 'warning')
    .map(({ message }) => message);
  assert.deepEqual(
    warnings,
    ['a', 'b'].map(
      (name) => `whatsapp/${name}.png: the ID in the manifest names another content, so it is not used`,
    ),
  );
});

test('IDs with commands and Markdown in them are kept and passed on as they are', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  const usable = HOSTILE_NAMES.filter((name) => !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(name));
  const entries = Object.fromEntries(
    usable.map((id, at) => {
      const content = makePng(`hostile ${at}`);
      workspace.write(`whatsapp/${at}.png`, content);
      return [`whatsapp/${at}.png`, currentEntry(simulator, content, { id })] as const;
    }),
  );
  workspace.write('whatsapp/copy.png', makePng('hostile 0'));
  workspace.write('nxcloud-assets.json', JSON.stringify({ version: 1, assets: entries }));
  const result = await workspace.run({ inputs: inputsFor(simulator), debug: true });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(simulator.requestCount, 0);
  const ids = Object.fromEntries(Object.entries(entries).map(([path, { id }]) => [path, id]));
  assert.deepEqual(readJson(result, 'manifest'), { ...ids, 'whatsapp/copy.png': ids['whatsapp/0.png'] });
  assert.deepEqual(readJson(result, 'reused'), ['whatsapp/copy.png']);
  const shown = renderMarkdown(result.summary);
  assert.deepEqual(shown.rowPaths, ['whatsapp/copy.png']);
});

test('an entry for what JavaScript inherits is an entry like any other', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  for (const path of ['__proto__.png', 'constructor.png']) workspace.write(path, makePng(path));
  workspace.write('nxcloud-assets.json', wrap(`{"__proto__":${entry},"toString":${entry}}`));
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), files: '*.png' } });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(readJson(result, 'removed'), ['__proto__', 'toString']);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['__proto__.png', 'constructor.png']);
});
