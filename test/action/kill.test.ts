// Runs that are ended from outside, at any moment of their uploads and in the middle of a write: the manifest is always
// valid, holds what was written, and the next run sends only what is missing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { faultTable } from '../../simulator/faults.ts';
import type { Simulator } from '../../simulator/server.ts';
import { parseManifest } from '../../src/manifest/manifest.ts';
import { pauseAt } from '../support/paused-run.ts';
import { makePng } from '../support/sample-media.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { waitUntil } from '../support/wait-until.ts';
import { assertCleanEnding, readManifestText, runWatched } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';

const count = isFull ? 200 : 40;
const rounds = isFull ? 25 : 1;
const seed = 20_261_123;
const paths = Array.from({ length: count }, (_, n) => `whatsapp/${String(n).padStart(3, '0')}.png`);
const contents = paths.map((path) => makePng(path));

function createCheckout(t: TestContext): Workspace {
  const workspace = createWorkspace(t);
  for (const [at, path] of paths.entries()) workspace.write(path, contents[at] ?? '');
  return workspace;
}

/** A service that takes so many uploads, and leaves the rest without a reply. */
async function openTaking(t: TestContext, uploads: number): Promise<Simulator> {
  const fault = faultTable['stall after the body'];
  return openSimulator(t, { faults: [{ when: ({ index }) => index >= uploads, fault }] });
}

/** The paths in the manifest, which is valid or absent. */
function listKept(workspace: Workspace): string[] {
  const text = readManifestText(workspace);
  return text === undefined ? [] : [...parseManifest(Buffer.from(text), 'the manifest').keys()];
}

/** The next run sends what is missing and nothing else. */
async function assertResumed(
  workspace: Workspace,
  simulator: Simulator,
  kept: readonly string[],
): Promise<void> {
  simulator.setFaults([]);
  simulator.reset();
  const next = await runWatched(workspace, { inputs: { ...inputsFor(simulator), concurrency: '16' } });
  assertCleanEnding(next, workspace);
  assert.equal(next.exitCode, 0, next.stdout);
  assert.equal(simulator.requestCount, count - kept.length);
  assert.deepEqual(Object.keys(workspace.readManifest()), paths);
}

for (const [at, signal] of choose(['SIGINT', 'SIGTERM', 'SIGKILL'] as const, 2).entries()) {
  describe(`${signal} after any of ${count} uploads`, { concurrency: 2 }, () => {
    const random = makeRandom(seed + at);
    for (let round = 0; round < rounds; round += 1) {
      // Spread over the whole run, however few rounds there are.
      const taken = Math.floor(((round + random()) / rounds) * count);
      it(`after ${taken}`, async (t) => {
        const simulator = await openTaking(t, taken);
        const workspace = createCheckout(t);
        const successes: string[] = [];
        const toldAll = Promise.withResolvers<void>();
        const run = await runWatched(workspace, {
          inputs: inputsFor(simulator),
          signals: [{ signal, after: Promise.all([toldAll.promise, simulator.waitFor(isStalled)]) }],
          onLine: (line) => {
            const [, path] = /^\[\d+\/\d+\] (\S+) uploaded,/.exec(line) ?? [];
            if (path !== undefined) successes.push(path);
            if (successes.length === taken) toldAll.resolve();
          },
        });
        function isStalled(): boolean {
          return simulator.uploads.some(({ isStruck }) => isStruck);
        }

        const kept = listKept(workspace);
        if (signal === 'SIGKILL') {
          assert.equal(run.signal, 'SIGKILL');
          assert.ok(kept.every((path) => successes.includes(path)));
        } else {
          assertCleanEnding(run, workspace, simulator);
          assert.equal(run.exitCode, 1);
          assert.match(run.annotations.at(-1)?.message ?? '', new RegExp(`cancelled \\(${signal}\\)`));
          assert.equal(kept.length, taken);
          assert.deepEqual(kept, successes.toSorted());
          assert.deepEqual(readJson(run, 'uploaded'), kept);
          assert.deepEqual(
            readJson(run, 'pending'),
            paths.filter((path) => !kept.includes(path)),
          );
        }
        await assertResumed(workspace, simulator, kept);
      });
    }
  });
}

describe('a run that is killed', { concurrency: 2 }, () => {
  it('while it waits has every success in the manifest', async (t) => {
    const simulator = await openTaking(t, 10);
    const workspace = createCheckout(t);
    const file = join(workspace.root, 'nxcloud-assets.json');
    const run = await runWatched(workspace, {
      inputs: inputsFor(simulator),
      signals: [
        { signal: 'SIGKILL', after: waitUntil(() => existsSync(file) && listKept(workspace).length === 10) },
      ],
    });
    assert.equal(run.signal, 'SIGKILL');
    await assertResumed(workspace, simulator, listKept(workspace));
  });

  it('while the manifest is written leaves the one before', async (t) => {
    const simulator = await openTaking(t, 10);
    const workspace = createCheckout(t);
    await workspace.run({ inputs: { ...inputsFor(simulator), files: paths.slice(0, 3).join('\n') } });
    const before = readManifestText(workspace);
    const run = await runWatched(workspace, {
      inputs: inputsFor(simulator),
      ...pauseAt(t, 'sync', (pid) => process.kill(pid, 'SIGKILL')),
    });
    assert.equal(run.signal, 'SIGKILL');
    assert.equal(readManifestText(workspace), before);
    await assertResumed(workspace, simulator, listKept(workspace));
  });
});
