// The picture that a changed one replaces, as GitHub has it, in the gallery of a real run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOut, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator } from '../support/workspace.ts';

const reportPath = 'gallery.html';

test('the picture before a change stands in the gallery', async (t) => {
  const hosting = await openHosting(t, {
    'whatsapp/a.png': makePng('before'),
    'whatsapp/same.png': makePng('same'),
  });
  const simulator = await openSimulator(t);
  const before = await hosting.repository.head('main');
  await runIn(await checkOut(t, hosting), { simulator });
  await hosting.repository.push('main', { 'whatsapp/a.png': makePng('after') });
  const checkout = await checkOut(t, hosting);
  const result = await runIn(checkout, {
    context: { event: { before } },
    inputs: { mode: 'check', 'report-path': reportPath },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  const html = checkout.workspace.read(reportPath).toString();
  const cards = Object.fromEntries(html.split('<li class="card').map(nameCard));
  const picture = makePng('before').toString('base64');
  assert.ok(
    cards['a.png']?.includes(`<figcaption>Before</figcaption><img src="data:image/png;base64,${picture}"`),
  );
  assert.doesNotMatch(cards['same.png'] ?? '', />Before<|See it before/);
});

function nameCard(html: string): [string, string] {
  return [/ id="whatsapp\/([^"]+)"/.exec(html)?.[1] ?? '', html];
}
