// The gallery of real runs, as a file.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';
import { context, hostileName, reportPath, repositoryUrl, runIntoEveryStatus } from './gallery-run.ts';

test('a run writes the gallery, and an unchanged asset shows the same ID and expiry', async (t) => {
  const { workspace, result } = await runIntoEveryStatus(t, 13);
  assert.equal(result.exitCode, 1, result.stdout);
  const html = workspace.read(reportPath).toString();
  assert.deepEqual(listStatuses(html), [
    ['whatsapp/promo/lie.png', 'invalid'],
    ['whatsapp/promo/spot.mp4', 'unchanged'],
    ['whatsapp/team/square.jpg', 'unchanged'],
    ['whatsapp/promo/refused.png', 'pending'],
    [hostileName, 'uploaded'],
    ['whatsapp/promo/altered.png', 'uploaded'],
    ['whatsapp/promo/large.png', 'uploaded'],
    ['whatsapp/promo/new.png', 'uploaded'],
    ['whatsapp/promo/new-name.png', 'reused'],
    ['whatsapp/promo/old-name.png', 'removed'],
    ['whatsapp/orders/receipt.pdf', 'unchanged'],
    ['whatsapp/promo/clip.mp4', 'unchanged'],
    ['whatsapp/promo/same.png', 'unchanged'],
  ]);
  for (const entry of Object.values(workspace.readManifest())) {
    assert.ok(html.includes(`<code>${entry.id}</code>`), entry.id);
    assert.ok(html.includes(`datetime="${entry.expiresAt}"`), entry.expiresAt);
  }
});

/** Path and status of each card, in the order of the page. */
function listStatuses(html: string): [string, string][] {
  const cards = html.matchAll(/data-status="(\w+)".*?<h2>(.*?)<\/h2>/gs);
  return [...cards].map(([, status = '', title = '']) => [unescapeHtml(title), status]);
}

function unescapeHtml(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

test('check writes the gallery too, and no manifest', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(listStatuses(workspace.read(reportPath).toString()), [['whatsapp/a.png', 'pending']]);
  assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
});

test('a failed run says why in the gallery', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('nxcloud-assets.json', 'no JSON');
  await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.match(workspace.read(reportPath).toString(), /class="remark">The manifest .* not valid JSON/);
});

test('a gallery that cannot be written fails the step, after all else is done', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  // A folder appears in the place of the file while the run is on its way.
  const result = await workspace.run({
    inputs: { ...inputsFor(simulator), 'report-path': reportPath },
    onLine: (line) => {
      if (/\[1\/1\]/.test(line)) workspace.write(`${reportPath}/in-the-way`, '');
    },
  });
  assert.equal(result.exitCode, 1);
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /The gallery out\/gallery\.html could not be written: .* or name another `report-path`/,
  );
  assert.equal(result.outputs['uploaded-count'], '1');
  assert.match(result.summary, /The gallery out\/gallery\.html could not be written/);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png']);
});

test('originals go in while the page stays under 25 MB, the smallest first; the rest is linked', async (t) => {
  const workspace = createWorkspace(t);
  const sizes = { a: 9, b: 7, c: 0, d: 8 };
  for (const [name, megabytes] of Object.entries(sizes)) {
    workspace.write(`whatsapp/${name}.png`, makePng(name, megabytes * 1_000_000));
  }
  const inputs = { mode: 'check', 'media-checks': 'off', 'report-path': reportPath };
  const result = await workspace.run({ inputs, context });
  assert.equal(result.exitCode, 0, result.stdout);
  const html = workspace.read(reportPath).toString();
  assert.ok(Buffer.byteLength(html) < 25_000_000 && html.length > 20_000_000, `${html.length}`);
  assert.deepEqual(
    [...html.matchAll(/<img src="data:[^"]*" alt="([^"]*)"/g)].map(([, name]) => name),
    ['b.png', 'c.png', 'd.png'],
  );
  assert.ok(html.includes(`<a href="${repositoryUrl}/blob/${context.sha}/whatsapp/a.png">Open the file`));
});
