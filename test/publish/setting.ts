// A repository at the stand-in, a client for it and files that were judged: what the tests of publishing start from.
import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import { connectToGitHub, type GitHub, type Timing } from '../../src/github/client.ts';
import { type Manifest, type ManifestEntry, parseManifest } from '../../src/manifest/manifest.ts';
import { CommitPublisher } from '../../src/publish/commit-publisher.ts';
import type { CommitPlace, Place, PullRequestPlace } from '../../src/publish/place.ts';
import { ProposalPublisher } from '../../src/publish/proposal-publisher.ts';
import type { Publication, Publisher, PublisherOptions } from '../../src/publish/publisher.ts';
import type { FileChanges } from '../github-api/git-repository.ts';
import type { HostedRepository } from '../github-api/repository.ts';
import { type GitHubApi, startGitHubApi } from '../github-api/server.ts';
import type { Token } from '../github-api/token.ts';
import { entryOf, RULES } from './entries.ts';

export const MANIFEST = 'nxcloud-assets.json';
export const MAIN: CommitPlace = { kind: 'commit', branch: 'main', isPullRequestHead: false };
export const PROPOSAL: PullRequestPlace = {
  kind: 'pull-request',
  base: 'main',
  branch: 'nxcloud-assets/main',
};

/** A clock that sleeping moves, so that nothing waits. */
export class FakeTiming implements Timing {
  /** Milliseconds of every sleep. */
  readonly sleeps: number[] = [];
  #now = Date.UTC(2026, 10, 23);

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleeps.push(milliseconds);
    this.#now += milliseconds;
  }

  random(): number {
    return 0.5;
  }
}

/** Waits a twentieth of the time, for runs that really wait for each other. */
export const FAST_TIMING: Timing = {
  now: Date.now,
  sleep: async (milliseconds, signal) => await setTimeout(milliseconds / 20, undefined, { signal }),
  random: Math.random,
};

/** A run: where it publishes, and how. */
export interface RunOptions {
  readonly place?: Place;
  readonly token?: Token;
  readonly force?: boolean;
  /** GITHUB_SHA; the head of `main` when left out. */
  readonly runCommit?: string;
  /** What `.git` names; the head of `main` when left out. */
  readonly baseCommit?: string | undefined;
  readonly isTestMerge?: boolean;
  readonly checkout?: PublisherOptions['checkout'];
  readonly timing?: Timing;
  readonly signal?: AbortSignal;
  readonly commitMessage?: string;
  readonly manifestPath?: string;
  readonly requestTimeoutMs?: number;
}

export class Setting {
  readonly api: GitHubApi;
  readonly repository: HostedRepository;
  readonly token: Token;
  readonly timing = new FakeTiming();
  /** What was said about further attempts. */
  readonly retryMessages: string[] = [];
  /** What was warned of. */
  readonly warnings: string[] = [];
  readonly #agent = new Agent();

  private constructor(api: GitHubApi, repository: HostedRepository) {
    this.api = api;
    this.repository = repository;
    this.token = api.createToken();
  }

  static async create(files?: FileChanges, options: { enterprise?: boolean } = {}): Promise<Setting> {
    const api = await startGitHubApi(options);
    return new Setting(api, await api.createRepository('octo/assets', files));
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
    await this.api.close();
  }

  async connect({
    token = this.token,
    timing = this.timing,
    requestTimeoutMs = 20_000,
    signal = new AbortController().signal,
  }: RunOptions = {}): Promise<GitHub> {
    return await connectToGitHub({
      token: token.value,
      apiUrl: this.api.url,
      repository: 'octo/assets',
      dispatcher: this.#agent,
      redact: (text) => text.replaceAll(token.value, '***'),
      signal,
      timing,
      requestTimeoutMs,
      onRetry: (message) => this.retryMessages.push(message),
    });
  }

  async open(run: RunOptions = {}): Promise<Publisher> {
    const place = run.place ?? MAIN;
    const options: PublisherOptions = {
      github: await this.connect(run),
      manifestPath: run.manifestPath ?? MANIFEST,
      checkout: run.checkout ?? { manifest: new Map(), text: undefined },
      rules: RULES,
      force: run.force ?? false,
      baseCommit: 'baseCommit' in run ? run.baseCommit : await this.headOf('main'),
      runCommit: run.runCommit ?? (await this.headOf('main')),
      isTestMerge: run.isTestMerge ?? false,
      commitMessage: run.commitMessage ?? 'chore: update NXCloud asset manifest',
      commitBefore: undefined,
      repositoryUrl: 'https://github.com/octo/assets',
      warn: (message) => this.warnings.push(message),
    };
    const isCommit = place.kind === 'commit';
    const publisher = isCommit ? new CommitPublisher(options, place) : new ProposalPublisher(options, place);
    await publisher.open();
    return publisher;
  }

  /** Publishes entries of these contents; undefined removes an entry. */
  async publish(
    files: Readonly<Record<string, string | undefined>>,
    run: RunOptions = {},
  ): Promise<Publication> {
    return await this.publishWith(await this.open(run), files, run);
  }

  async publishWith(
    publisher: Publisher,
    files: Readonly<Record<string, string | undefined>>,
    {
      signal = new AbortController().signal,
      upload = 0,
      once = false,
    }: { signal?: AbortSignal; upload?: number; once?: boolean } = {},
  ): Promise<Publication> {
    const changes = new Map(
      Object.entries(files).map(([path, content]) => [
        path,
        content === undefined ? undefined : entryOf(content, upload),
      ]),
    );
    return await publisher.publish({ changes, made: new Set(changes.keys()) }, { once, signal });
  }

  /** The operations that were asked for since the last call. */
  takeRequests(): readonly string[] {
    return this.api.requests.splice(0).map(({ operation }) => operation);
  }

  async headOf(branch: string): Promise<string> {
    const head = await this.repository.head(branch);
    if (head === undefined) throw new Error(`There is no branch ${branch}.`);
    return head;
  }

  /** Entries of the manifest at a branch. */
  async entriesOf(branch: string, path = MANIFEST): Promise<Record<string, ManifestEntry>> {
    const text = await this.repository.readFile(branch, path);
    const manifest: Manifest = text === undefined ? new Map() : parseManifest(Buffer.from(text), path);
    return Object.fromEntries(manifest);
  }

  /** Messages of a branch's commits, oldest first. */
  async messagesOf(branch: string): Promise<readonly string[]> {
    const oids = this.repository.git.listCommits(`refs/heads/${branch}`);
    const commits = await Promise.all(oids.map((oid) => this.repository.git.readCommit(oid)));
    return commits.map(({ message }) => message);
  }
}

/** Runs a test in a fresh setting and tidies up, whatever happens. */
export function inSetting(
  files: FileChanges,
  body: (setting: Setting) => Promise<void>,
  options: { enterprise?: boolean } = {},
): () => Promise<void> {
  return async () => {
    const setting = await Setting.create(files, options);
    try {
      await body(setting);
    } finally {
      await setting.close();
    }
  };
}
