// A temporary checkout with assets, and runs of the action in it against a simulator.
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ActionResult, type RunOptions, runAction } from '../../runner/run-action.ts';
import type { FaultRule } from '../../simulator/fault-rules.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import type { ManifestEntry } from '../../src/manifest/manifest.ts';
import { findLeaks, listTraces, testAccount } from './canaries.ts';
import { assertOnlyOwnCommands } from './own-commands.ts';

export type WorkspaceRun = Omit<RunOptions, 'workspace'>;

/** A checkout, gone with the test. */
export interface Workspace {
  readonly root: string;
  write(path: string, content: string | Buffer): void;
  link(path: string, target: string): void;
  remove(path: string): void;
  read(path: string): Buffer;
  /** The entries of the manifest; throws when there is none. */
  readManifest(path?: string): Record<string, ManifestEntry>;
  /** Runs the bundle with `files: whatsapp/**` and the given inputs. Whatever the run is about, it shows no secret and gives no foreign command. */
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
    link(path, target) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(target, join(root, path));
    },
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    read: (path) => readFileSync(join(root, path)),
    readManifest(path = 'nxcloud-assets.json') {
      return JSON.parse(readFileSync(join(root, path), 'utf8')).assets;
    },
    async run(options = {}) {
      const inputs = { files: 'whatsapp/**', ...options.inputs };
      const result = await runAction({ ...options, workspace: root, inputs });
      const given = [...Object.values({ ...inputs, ...options.env }), options.token];
      assertOnlyOwnCommands(
        result,
        given.filter((value) => value !== undefined),
      );
      const secrets = listSecrets({ token: options.token ?? '', ...inputs });
      assert.deepEqual(findLeaks(secrets, listSignatures(inputs), listTraces(result, root)), []);
      return result;
    },
  };
}

const openSimulators = new Map<string, Simulator>();

/** Starts a simulator that ends with the test. */
export async function openSimulator(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ accounts: [testAccount], ...options });
  openSimulators.set(simulator.url, simulator);
  t.after(async () => {
    openSimulators.delete(simulator.url);
    await simulator.close();
  });
  return simulator;
}

/** Does something once, when the service has begun to read the file with this ordinal. */
export function whenFileArrives(ordinal: number, action: () => void): FaultRule {
  let isDone = false;
  return {
    when: ({ fileIndex }) => {
      if (fileIndex === ordinal && !isDone) {
        isDone = true;
        action();
      }
      return false;
    },
    fault: { kind: 'lost-reply' },
  };
}

/** The inputs that lead to a simulator with its first account. */
export function inputsFor(simulator: Simulator): Record<string, string> {
  const [account = testAccount] = simulator.accounts;
  return {
    'access-key': account.accessKey,
    'access-secret': account.accessSecret,
    'business-phone': `+${account.phones[0]}`,
    'api-url': simulator.url,
  };
}

/** Shorter ones occur in any text. */
const SHORTEST_SECRET = 8;

function listSecrets(inputs: Readonly<Record<string, string>>): readonly string[] {
  const phone = inputs['business-phone']?.replace(/\D/g, '') ?? '';
  const secrets = ['access-key', 'access-secret', 'token'].map((name) => inputs[name] ?? '');
  return [...secrets, phone].filter((secret) => secret.length >= SHORTEST_SECRET);
}

function listSignatures(inputs: Readonly<Record<string, string>>): readonly string[] {
  const uploads = openSimulators.get(inputs['api-url'] ?? '')?.uploads ?? [];
  return uploads.map(({ headers }) => String(headers.sign ?? ''));
}

/** A JSON output, parsed. */
export function readJson(result: ActionResult, name: string): unknown {
  return JSON.parse(result.outputs[name] ?? '');
}
