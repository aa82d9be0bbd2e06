// Where scenes are played: checkouts in temporary folders, the built action run in them, and claims about what came.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunContext } from '../../runner/environment.ts';
import { type ActionResult, runAction } from '../../runner/run-action.ts';
import { demoAccount, type Simulator } from '../../simulator/server.ts';
import { valueAt } from '../../src/text/json.ts';
import { makePdf } from '../../test/support/sample-media.ts';
import type { Ground } from './ground.ts';
import { FILE } from './graphql-trials.ts';

export const MANIFEST = 'nxcloud-assets.json';
/** Assets of every checkout: plain text, so that a tree can be made of them. */
const ASSETS = new Map(['a', 'b', 'c'].map((name) => [`${name}.pdf`, makePdf(name).toString('latin1')]));
const FOLDER = 'whatsapp';
const RUN_LIMIT_MS = 5 * 60_000;

/** The path of the asset with this letter. */
export function pathOf(letter: string): string {
  return `${FOLDER}/${letter}.pdf`;
}

/** The run that the action is told to be part of. */
export interface RunFacts {
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly token: string;
  /** GITHUB_REPOSITORY_ID; empty when unknown. */
  readonly repositoryId: string;
  readonly runId: string;
}

/** A temporary checkout of one commit. */
export interface Checkout {
  readonly root: string;
  readonly branch: string;
  readonly commit: string;
}

/** A claim about what came, and what was seen where it does not hold. */
export interface Claim {
  readonly text: string;
  readonly holds: boolean;
  readonly seen: string;
}

export class Stage {
  readonly ground: Ground;
  readonly simulator: Simulator;
  readonly claims: Claim[] = [];
  /** Logs of the action in this scene. */
  readonly logs: string[] = [];
  readonly #facts: RunFacts;
  readonly #folders: string[] = [];

  constructor(ground: Ground, simulator: Simulator, facts: RunFacts) {
    this.ground = ground;
    this.simulator = simulator;
    this.#facts = facts;
  }

  claim(text: string, holds: boolean, seen: unknown = ''): void {
    this.claims.push({ text, holds, seen: String(seen) });
  }

  /** A first commit with the assets, and no workflow that it could start. */
  async makeRoot(): Promise<string> {
    const { ground } = this;
    return await ground.once('assets', async () => {
      const assets = [...ASSETS].map(([path, content]) => ({ path, ...FILE, content }));
      const folder = await ground.createTree(assets);
      const entry = { path: FOLDER, mode: '040000', type: 'tree', sha: folder } as const;
      return await ground.createCommit(await ground.createTree([entry]), [], 'Assets to upload');
    });
  }

  /** A branch at the first commit. */
  async makeBranch(name: string): Promise<string> {
    return await this.ground.createBranch(name, await this.makeRoot());
  }

  /** Checks out the head of a branch as `actions/checkout` does: its files, and `.git` that names the commit. */
  async checkOut(branch: string): Promise<Checkout> {
    const commit = await this.ground.head(branch);
    if (commit === undefined) throw new Error(`There is no branch ${branch}.`);
    const root = await mkdtemp(join(await realpath(tmpdir()), 'live-'));
    this.#folders.push(root);
    const manifest = await this.ground.readFile(commit, MANIFEST);
    const files = new Map([...ASSETS].map(([name, text]) => [`${FOLDER}/${name}`, text]));
    files.set('.git/HEAD', `${commit}\n`);
    if (manifest !== undefined) files.set(MANIFEST, manifest);
    for (const [path, text] of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text, 'latin1');
    }
    return { root, branch, commit };
  }

  /** Runs the action on a push to the checked-out branch, unless the context says otherwise. */
  async run(
    checkout: Checkout,
    inputs: Readonly<Record<string, string>>,
    context: RunContext = {},
  ): Promise<ActionResult> {
    const { token, ...facts } = this.#facts;
    const { repository } = this.ground.caller;
    const ref = `refs/heads/${checkout.branch}`;
    const result = await runAction({
      workspace: checkout.root,
      token,
      timeoutMs: RUN_LIMIT_MS,
      context: {
        ...facts,
        repository,
        ref,
        sha: checkout.commit,
        event: { ref, repository: this.describeRepository() },
        ...context,
      },
      inputs: {
        'access-key': demoAccount.accessKey,
        'access-secret': demoAccount.accessSecret,
        'business-phone': demoAccount.phones[0] ?? '',
        'api-url': this.simulator.url,
        ...inputs,
      },
    });
    this.logs.push(result.maskedLog);
    return result;
  }

  /** The repository as events tell of it. */
  describeRepository(): object {
    const { repositoryId } = this.#facts;
    const id = repositoryId === '' ? {} : { id: Number(repositoryId) };
    return { ...id, full_name: this.ground.caller.repository };
  }

  claimSuccess(result: ActionResult): void {
    this.claim('the step succeeds', result.conclusion === 'success', lastError(result));
  }

  /** Claims that the manifest of a branch holds exactly these assets, with IDs that were given for their content. */
  async claimManifest(branch: string, names: string): Promise<void> {
    const paths = [...names].map(pathOf).join();
    const text = await this.ground.waitFor(
      async () => (await this.ground.readFile(`refs/heads/${branch}`, MANIFEST)) ?? '{}',
      (found) => Object.keys(parseEntries(found)).join() === paths,
    );
    const entries = parseEntries(text);
    this.claim(`the manifest of ${branch} holds ${names}`, Object.keys(entries).join() === paths, text);
    const given = new Map(this.simulator.uploads.map(({ id, sha256 }) => [id, sha256]));
    const areGiven = Object.entries(entries).every(([path, entry]) => {
      const sha256 = createHash('sha256')
        .update(ASSETS.get(basename(path)) ?? '', 'latin1')
        .digest('hex');
      return valueAt(entry, 'sha256') === sha256 && given.get(String(valueAt(entry, 'id'))) === sha256;
    });
    this.claim('its IDs are those that NXCloud gave for these contents', areGiven, text);
  }

  /** Removes the checkouts. */
  async clear(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

function parseEntries(manifest: string): object {
  return Object(valueAt(JSON.parse(manifest), 'assets'));
}

/** What a step failed with. */
export function lastError({ annotations }: ActionResult): string {
  return annotations.findLast(({ level }) => level === 'error')?.message ?? '';
}
