// Measures what docs/scale.md tells: runs over many assets up to the largest manifest, and what GitHub is asked; with
// `--quick` of few assets.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAction } from '../runner/run-action.ts';
import { demoAccount, startSimulator } from '../simulator/server.ts';
import { MAX_MANIFEST_BYTES, parseManifest, serializeManifest } from '../src/manifest/manifest.ts';
import { startGitHubApi } from '../test/github-api/server.ts';
import { describePush, REPOSITORY } from '../test/support/checkout.ts';
import { startClock } from '../test/support/watched-run.ts';
import { compare, measurePeak, timeAction } from './contest.ts';
import { type Library, makeLibrary } from './library.ts';

const MANIFEST = 'nxcloud-assets.json';
const WRITES = /create|update|delete/i;
/** What one upload is taken to last. */
const LATENCY_MS = 500;
/** How much faster than the real clock minutes of uploading pass. */
const CLOCK_FACTOR = 40;

const quick = process.argv.includes('--quick');
const counts = quick ? [10, 1000] : [10, 1000, 20_000, await findLargestCount()];
const unchanged: (readonly string[])[] = [];
for (const count of counts) unchanged.push(await measureUnchanged(count));
printTable(['assets', 'run without changes', 'memory', 'manifest'], unchanged);

const scenes: (readonly string[])[] = [];
for (const mode of ['commit', 'pull-request'])
  for (const [recorded, fresh] of [
    [10, 0],
    [10, 1],
    [0, 20],
    [0, 21],
    [0, quick ? 1200 : 12_000],
    [counts.at(-1) ?? 0, 0],
    [counts.at(-1) ?? 0, 1],
  ] as const)
    scenes.push(await countRequests(mode, recorded, fresh));
printTable(
  ['mode', 'assets', 'uploads', 'time', 'requests to GitHub', 'of them writes', 'publications'],
  scenes,
);

function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  console.log(`\n${lines.join('\n')}`);
}

function formatBytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

async function withLibrary<T>(
  count: number,
  apiUrl: string | undefined,
  use: (library: Library) => Promise<T>,
): Promise<T> {
  const library = makeLibrary({
    count,
    size: 0,
    type: 'image/png',
    isRecorded: true,
    ...(apiUrl && { apiUrl }),
  });
  try {
    return await use(library);
  } finally {
    library.remove();
  }
}

/** How many assets of the library's kind one manifest holds, less a few. */
async function findLargestCount(): Promise<number> {
  const bytesEach = await withLibrary(
    1000,
    undefined,
    async ({ root }) => statSync(join(root, MANIFEST)).size / 1000,
  );
  return Math.floor((0.98 * MAX_MANIFEST_BYTES) / bytesEach / 1000) * 1000;
}

async function measureUnchanged(count: number): Promise<readonly string[]> {
  return await withLibrary(count, undefined, async (library) => {
    const run = { expect: { 'unchanged-count': String(count) } };
    const [time = Number.NaN] = await compare(3, [() => timeAction(library, run)]);
    const peak = await measurePeak(library, run);
    return [
      `${count}`,
      `${time.toFixed(0)} ms`,
      formatBytes(peak),
      formatBytes(statSync(join(library.root, MANIFEST)).size),
    ];
  });
}

/** One run on a branch whose manifest holds all assets but the fresh ones. */
async function countRequests(mode: string, recorded: number, fresh: number): Promise<readonly string[]> {
  const clock = fresh > 1000 ? startClock(CLOCK_FACTOR) : undefined;
  const pace = clock && { now: clock.now, toleranceMs: 3_600_000, latencyMs: LATENCY_MS / CLOCK_FACTOR };
  const simulator = await startSimulator({ accounts: [demoAccount], ...pace });
  const api = await startGitHubApi();
  try {
    return await withLibrary(recorded + fresh, simulator.url, async ({ root }) => {
      const file = join(root, MANIFEST);
      const entries = [...parseManifest(readFileSync(file), MANIFEST)].slice(0, recorded);
      writeFileSync(file, serializeManifest(new Map(entries)));
      const { git } = await api.createRepository(REPOSITORY.full_name, { [MANIFEST]: readFileSync(file) });
      const sha = git.readCommit('main').oid;
      mkdirSync(join(root, '.git'));
      writeFileSync(join(root, '.git/HEAD'), `${sha}\n`);
      const result = await runAction({
        workspace: root,
        timeoutMs: 900_000,
        token: api.createToken().value,
        context: describePush(api.url, sha),
        inputs: {
          files: 'whatsapp/**',
          mode,
          'access-key': demoAccount.accessKey,
          'access-secret': demoAccount.accessSecret,
          'business-phone': demoAccount.phones[0] ?? '',
          'api-url': simulator.url,
          'renew-before': 'never',
        },
        ...(clock && {
          env: { ...clock.env },
          nodeFlags: ['--import', join(import.meta.dirname, '../test/support/fast-clock.mjs')],
        }),
      });
      if (result.exitCode !== 0 || result.outputs['uploaded-count'] !== String(fresh))
        throw new Error(`${mode}, ${fresh} uploads:\n${result.stdout.slice(-3000)}${result.stderr}`);
      const operations = api.requests.map(({ operation }) => operation);
      const time = (result.durationMs * (clock === undefined ? 1 : CLOCK_FACTOR)) / 1000;
      const commits = operations.filter((name) => name === 'createCommitOnBranch').length;
      return [
        mode,
        `${recorded}`,
        `${fresh}`,
        `${time.toFixed(1)} s`,
        `${operations.length}`,
        `${operations.filter((name) => WRITES.test(name)).length}`,
        `${commits}`,
      ];
    });
  } finally {
    await api.close();
    await simulator.close();
  }
}
