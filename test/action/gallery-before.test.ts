// The pictures that changed ones replace, as GitHub has them, in the gallery of real runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOut, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator } from '../support/workspace.ts';

const reportPath = 'gallery.html';

test('the picture before a change stands in the gallery; where it cannot be had, a link', async (t) => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`;
  const hosting = await openHosting(t, {
    'whatsapp/a.png': makePng('before'),
    'whatsapp/b.png': makePng('b before'),
    'whatsapp/same.png': makePng('same'),
  });
  const simulator = await openSimulator(t);
  const { repository } = hosting;
  await runIn(await checkOut(t, hosting), { simulator });
  const before = await repository.push('main', { 'whatsapp/b.png': pointer });
  await repository.push('main', { 'whatsapp/a.png': makePng('after'), 'whatsapp/b.png': makePng('b after') });
  const checkout = await checkOut(t, hosting);
  const run = async (token?: string) => {
    const result = await runIn(checkout, {
      context: { event: { before } },
      inputs: { mode: 'check', 'report-path': reportPath },
      ...(token === undefined ? {} : { token }),
    });
    assert.equal(result.exitCode, 0, result.stdout);
    const html = checkout.workspace.read(reportPath).toString();
    return { result, cards: Object.fromEntries(html.split('<li class="card').map(nameCard)) };
  };

  const { cards } = await run();
  const picture = makePng('before').toString('base64');
  assert.ok(
    cards['a.png']?.includes(`<figcaption>Before</figcaption><img src="data:image/png;base64,${picture}"`),
  );
  assert.match(cards['b.png'] ?? '', /See it before/, 'a pointer is no picture');
  assert.doesNotMatch(cards['same.png'] ?? '', />Before<|See it before/);

  const refused = await run('no-token');
  assert.match(refused.cards['a.png'] ?? '', /See it before/);
  assert.match(refused.result.stdout, /The gallery only links to pictures before the change: /);
});

function nameCard(html: string): [string, string] {
  return [/ id="whatsapp\/([^"]+)"/.exec(html)?.[1] ?? '', html];
}
