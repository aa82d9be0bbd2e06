// Runs that are ended from outside at a random moment: the manifest is always valid, holds every success older than a second,
// and the next run sends only what is missing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseManifest } from '../../src/manifest/manifest.ts';
import { makePng } from '../support/sample-media.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { assertCleanEnding, readManifestText, runWatched } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';

const count = 200;
const paths = Array.from({ length: count }, (_, n) => `whatsapp/${String(n).padStart(3, '0')}.png`);
const contents = paths.map((path) => makePng(path));
/** Four at a time take three seconds in all. */
const latencyMs = 60;
const longestMs = 2700;

const rounds = process.env.FULL === '1' ? 25 : 2;
const seed = 20_261_123;

for (const [at, signal] of (['SIGINT', 'SIGTERM', 'SIGKILL'] as const).entries()) {
  describe(`${signal} at a random moment of ${count} uploads`, { concurrency: 2 }, () => {
    const random = makeRandom(seed + at);
    for (let round = 1; round <= rounds; round += 1) {
      // Spread over the whole run, however few rounds there are.
      const delayMs = Math.round(((round - 1 + random()) / rounds) * longestMs);
      it(`after ${delayMs} ms`, async (t) => {
        const simulator = await openSimulator(t, { latencyMs });
        const workspace = createWorkspace(t);
        for (const [at, path] of paths.entries()) workspace.write(path, contents[at] ?? '');
        const inputs = inputsFor(simulator);

        const begun = Promise.withResolvers<void>();
        const successes = new Map<string, number>();
        let endedAt = Number.POSITIVE_INFINITY;
        const after = begun.promise.then(async () => {
          await sleep(delayMs);
          endedAt = performance.now();
        });
        const run = await runWatched(workspace, {
          inputs,
          signals: [{ signal, after }],
          onLine: (line) => {
            if (line === '::group::Upload') begun.resolve();
            const [, path] = /^\[\d+\/\d+\] (\S+) uploaded,/.exec(line) ?? [];
            if (path !== undefined) successes.set(path, performance.now());
          },
        });

        const text = readManifestText(workspace);
        const kept = text === undefined ? [] : [...parseManifest(Buffer.from(text), 'the manifest').keys()];
        const due = [...successes].filter(([, at]) => at < endedAt - 1000).map(([path]) => path);
        for (const path of due) assert.ok(kept.includes(path), `${path} is kept`);
        t.diagnostic(
          `${successes.size} successes, ${due.length} of them older than a second, ${kept.length} kept`,
        );
        if (signal === 'SIGKILL') assert.equal(run.signal, 'SIGKILL');
        else {
          assertCleanEnding(run, workspace, simulator);
          assert.equal(run.exitCode, 1);
          assert.match(run.annotations.at(-1)?.message ?? '', new RegExp(`cancelled \\(${signal}\\)`));
          assert.deepEqual(readJson(run, 'uploaded'), kept);
          assert.deepEqual(kept, [...successes.keys()].sort());
          const pending = paths.filter((path) => !kept.includes(path));
          assert.deepEqual(readJson(run, 'pending'), pending);
        }

        simulator.reset();
        const next = await runWatched(workspace, { inputs: { ...inputs, concurrency: '16' } });
        assertCleanEnding(next, workspace);
        assert.equal(next.exitCode, 0, next.stdout);
        assert.equal(simulator.requestCount, count - kept.length);
        assert.deepEqual(Object.keys(workspace.readManifest()), paths);
      });
    }
  });
}
