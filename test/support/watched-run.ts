// Runs of the bundle that are watched to their end: on a fast clock where waiting is long, with a look at what the
// process leaves open and at everything it writes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '../../runner/run-action.ts';
import type { Simulator } from '../../simulator/server.ts';
import { parseManifest, serializeManifest } from '../../src/manifest/manifest.ts';
import type { Workspace, WorkspaceRun } from './workspace.ts';

/** A clock that runs faster than the real one, for a simulator and for one run of the action. */
export interface FastClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What tells the preloaded clock the same. */
  readonly env: Readonly<Record<string, string>>;
  /** Ties the clock to the process that runs by it. */
  attach(pid: number): void;
  /** Lets an hour pass at once, so that a limit strikes however fast or slow the machine is. */
  skipHour(): void;
}

/** Starts a clock at the real time, `factor` times as fast; one with the factor 0 stands at a whole second. */
export function startClock(factor: number): FastClock {
  const start = factor === 0 ? Math.floor(Date.now() / 1000) * 1000 : Date.now();
  let skipped = 0;
  let child: number | undefined;
  return {
    now: () => start + skipped + (Date.now() - start) * factor,
    env: { FAST_CLOCK_FACTOR: String(factor), FAST_CLOCK_START: String(start) },
    attach(pid) {
      child = pid;
    },
    skipHour() {
      skipped += 3_600_000;
      if (child !== undefined) process.kill(child, 'SIGUSR2');
    },
  };
}

/** What was left at the end of a process. */
export interface ExitReport {
  /** `file`, `folder` or `socket` for each descriptor that is still open. */
  readonly descriptors: readonly string[];
  /** Handles and requests that kept, or could have kept, the process alive. */
  readonly resources: readonly string[];
  /** The most memory that was resident, in bytes; on Linux alone. */
  readonly peakBytes?: number;
}

/** A run that was watched. */
export interface WatchedRun extends ActionResult {
  /** Undefined when the process was killed. */
  readonly report: ExitReport | undefined;
}

/** Runs the bundle, on the given clock or the real one. */
export async function runWatched(
  workspace: Workspace,
  options: WorkspaceRun & { readonly clock?: FastClock | undefined },
): Promise<WatchedRun> {
  const { clock, ...run } = options;
  const preload = (name: string): string[] => ['--import', join(import.meta.dirname, name)];
  const file = join(workspace.root, '.exit-report.json');
  rmSync(file, { force: true });
  const result = await workspace.run({
    ...run,
    nodeFlags: [
      ...(clock === undefined ? [] : preload('fast-clock.mjs')),
      ...preload('exit-report.mjs'),
      ...(run.nodeFlags ?? []),
    ],
    env: { ...clock?.env, EXIT_REPORT: file, ...run.env },
    onStart: (pid) => {
      clock?.attach(pid);
      run.onStart?.(pid);
    },
  });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return { ...result, report };
}

/** The text of the manifest, or undefined when there is none. */
export function readManifestText(workspace: Workspace): string | undefined {
  const file = join(workspace.root, 'nxcloud-assets.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * What holds of every run, however it ends: it ends by itself, nothing stays open, nothing goes unhandled,
 * the manifest is in its one form and holds no ID that was not given for that content.
 */
export function assertCleanEnding(run: WatchedRun, workspace: Workspace, simulator?: Simulator): void {
  assert.equal(run.timedOut, false, 'the run ended by itself');
  assert.equal(run.signal, null);
  assert.ok(run.exitCode === 0 || run.exitCode === 1, `exit code ${run.exitCode}`);
  assert.equal(run.stderr, '');
  assert.doesNotMatch(run.stdout, /defect of the action/);
  assert.deepEqual(run.runnerErrors, []);
  assert.deepEqual(run.report?.descriptors, []);
  assert.deepEqual(run.report?.resources, []);
  const text = readManifestText(workspace);
  if (text === undefined) return;
  const manifest = parseManifest(Buffer.from(text), 'the manifest');
  assert.equal(serializeManifest(manifest), text);
  if (simulator === undefined) return;
  const given = new Map(simulator.uploads.filter(({ accepted }) => accepted).map((u) => [u.id, u.sha256]));
  for (const [path, { id, sha256 }] of manifest) {
    const [honest = ''] = id.split('\n'); // a fault may have added lines
    assert.equal(given.get(id) ?? given.get(honest), sha256, `the ID of ${path}`);
  }
}
