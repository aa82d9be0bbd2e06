// A temporary checkout with assets, and runs of the action in it against a simulator.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ActionResult, type RunOptions, runAction } from '../../runner/run-action.ts';
import {
  demoAccount,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/server.ts';
import type { ManifestEntry } from '../../src/manifest/manifest.ts';

export type WorkspaceRun = Omit<RunOptions, 'workspace'>;

/** A checkout, gone with the test. */
export interface Workspace {
  readonly root: string;
  write(path: string, content: string | Buffer): void;
  remove(path: string): void;
  read(path: string): Buffer;
  /** The entries of the manifest; throws when there is none. */
  readManifest(path?: string): Record<string, ManifestEntry>;
  /** Runs the bundle with `files: whatsapp/**` and the given inputs. */
  run(options?: WorkspaceRun): Promise<ActionResult>;
}

/** Makes an empty checkout. */
export function createWorkspace(t: TestContext): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    read: (path) => readFileSync(join(root, path)),
    readManifest(path = 'nxcloud-assets.json') {
      return JSON.parse(readFileSync(join(root, path), 'utf8')).assets;
    },
    run: (options = {}) =>
      runAction({ ...options, workspace: root, inputs: { files: 'whatsapp/**', ...options.inputs } }),
  };
}

/** Starts a simulator that ends with the test. */
export async function openSimulator(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  t.after(() => simulator.close());
  return simulator;
}

/** The inputs that lead to a simulator with its demo account. */
export function inputsFor(simulator: Simulator): Record<string, string> {
  return {
    'access-key': demoAccount.accessKey,
    'access-secret': demoAccount.accessSecret,
    'business-phone': `+${demoAccount.phones[0]}`,
    'api-url': simulator.url,
  };
}

/** A JSON output, parsed. */
export function readJson(result: ActionResult, name: string): unknown {
  return JSON.parse(result.outputs[name] ?? '');
}
