// A run that ends in every way, for tests of its gallery.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { makeMp4, makePdf, makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, type Workspace } from '../support/workspace.ts';

/** Where its gallery lies. */
export const reportPath = 'out/gallery.html';
export const hostileName = 'whatsapp/"><img src=x onerror=alert(1)><script>alert(1)<.png';
export const repositoryUrl = 'https://github.com/octo-org/assets';
/** The commit before. */
export const before = 'b'.repeat(40);
/** The run as GitHub names it. */
const context = { event: { before }, runId: '4711', sha: 'a'.repeat(40), ref: 'refs/heads/summer' };

const samples = join(import.meta.dirname, '../samples');

/** A run over so many assets that ends with every status but superseded, and its gallery. */
export async function runIntoEveryStatus(
  t: TestContext,
  count: number,
): Promise<{ workspace: Workspace; result: ActionResult }> {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, { expiresAfterSeconds: 345_600, bytesPerIdLine: 2000 });
  const inputs = { ...inputsFor(simulator), 'report-path': reportPath };
  workspace.write('whatsapp/promo/same.png', makePng('same'));
  workspace.write('whatsapp/promo/old-name.png', makePng('old name'));
  workspace.write('whatsapp/promo/clip.mp4', makeMp4('clip'));
  workspace.write('whatsapp/promo/spot.mp4', readFileSync(join(samples, 'mp4-moov-last.mp4')));
  workspace.write('whatsapp/orders/receipt.pdf', makePdf('receipt'));
  workspace.write('whatsapp/promo/altered.png', makePng('before'));
  workspace.write('whatsapp/team/square.jpg', readFileSync(join(samples, 'jpeg-square.jpg')));
  for (let index = 13; index < count; index += 1) workspace.write(`whatsapp/x/${index}.png`, makePng(index));
  await workspace.run({ inputs: { ...inputs, concurrency: '16' } });

  workspace.remove('whatsapp/promo/old-name.png');
  workspace.write('whatsapp/promo/new-name.png', makePng('old name'));
  workspace.write('whatsapp/promo/altered.png', makePng('after'));
  workspace.write('whatsapp/promo/new.png', makePng('new', 5000));
  workspace.write('whatsapp/promo/refused.png', makePng('refused'));
  workspace.write('whatsapp/promo/large.png', makePng('large', 300 * 1024));
  workspace.write('whatsapp/promo/lie.png', 'GIF89a');
  workspace.write(hostileName, makePng('hostile'));
  const fault = { kind: 'code', code: 9000, message: '<b>bad media</b>' } as const;
  // The files come in the order of their paths: the hostile one, altered, large, new, refused.
  simulator.reset();
  simulator.setFaults([{ when: (upload) => upload.fileIndex === 4, fault }]);
  const result = await workspace.run({ inputs: { ...inputs, concurrency: '1' }, context });
  return { workspace, result };
}
