// A repository at the stand-in for GitHub's API, its checkout, and runs of the action for an event.
import type { TestContext } from 'node:test';
import type { RunContext } from '../../runner/environment.ts';
import type { ActionResult } from '../../runner/run-action.ts';
import type { Simulator } from '../../simulator/server.ts';
import type { FileChanges } from '../github-api/git-repository.ts';
import type { HostedRepository } from '../github-api/repository.ts';
import { type GitHubApi, startGitHubApi } from '../github-api/server.ts';
import { createWorkspace, inputsFor, type Workspace, type WorkspaceRun } from './workspace.ts';

export const REPOSITORY = { id: 4711, full_name: 'octo-org/assets' };

/** A GitHub repository, gone with the test. */
export interface Hosting {
  readonly api: GitHubApi;
  readonly repository: HostedRepository;
  /** The entries of the manifest on a branch; undefined when there is none. */
  readManifest(branch?: string): Promise<Record<string, { id: string; sha256: string }> | undefined>;
  /** Number of commits in a range such as `a..b` or `b`. */
  countCommits(range: string): number;
  /** How many of them are merges. */
  countMerges(range: string): number;
}

/** Starts the stand-in with one repository that holds these files. */
export async function openHosting(
  t: TestContext,
  files: FileChanges,
  options: { readonly enterprise?: boolean } = {},
): Promise<Hosting> {
  const api = await startGitHubApi(options);
  t.after(() => api.close());
  const repository = await api.createRepository(REPOSITORY.full_name, files);
  return {
    api,
    repository,
    async readManifest(branch = 'main') {
      const text = await repository.readFile(branch, 'nxcloud-assets.json');
      return text === undefined ? undefined : JSON.parse(text).assets;
    },
    countCommits: (range) => repository.git.listCommits(range).length,
    countMerges: (range) =>
      repository.git.listCommits(range).filter((oid) => repository.git.readCommit(oid).parents.length > 1)
        .length,
  };
}

/** A checkout of a branch, or of a commit, as `actions/checkout` makes it: the files of one commit, and its id in `.git`. */
export async function checkOut(t: TestContext, hosting: Hosting, revision = 'main'): Promise<Checkout> {
  const { git } = hosting.repository;
  const workspace = createWorkspace(t);
  const { oid: sha } = git.readCommit(revision);
  for (const [path, item] of git.readTree(sha)) {
    if (item.type !== 'blob') continue;
    const content = git.readBlob(item.oid);
    if (item.mode === '120000') workspace.link(path, content.toString());
    else workspace.write(path, content);
  }
  workspace.write('.git/HEAD', `${sha}\n`);
  return { hosting, workspace, sha };
}

export interface Checkout {
  readonly hosting: Hosting;
  readonly workspace: Workspace;
  readonly sha: string;
}

export interface CheckoutRun extends WorkspaceRun {
  readonly simulator?: Simulator;
  readonly token?: string;
}

/** A push to `main`, at the stand-in with this address. */
export function describePush(apiUrl: string, sha: string): RunContext {
  return {
    eventName: 'push',
    event: { repository: REPOSITORY },
    repository: REPOSITORY.full_name,
    repositoryId: String(REPOSITORY.id),
    ref: 'refs/heads/main',
    sha,
    apiUrl,
  };
}

/** Runs the action in a checkout, on a push to `main` unless the context says otherwise, with a token that may write. */
export async function runIn(
  { hosting, workspace, sha }: Checkout,
  { simulator, inputs, context, ...options }: CheckoutRun,
): Promise<ActionResult> {
  return await workspace.run({
    token: hosting.api.createToken().value,
    ...options,
    context: { ...describePush(hosting.api.url, sha), ...context },
    inputs: { mode: 'commit', ...(simulator === undefined ? {} : inputsFor(simulator)), ...inputs },
  });
}

/** The event of a pull request within the repository, or from a fork; its base is a commit of nobody's unless it is told. */
export function pullRequestEvent(
  head: { readonly ref: string; readonly sha: string },
  details: { readonly number?: number; readonly isFork?: boolean; readonly baseSha?: string } = {},
): RunContext {
  const { number = 1, isFork = false, baseSha = '0'.repeat(40) } = details;
  const repo = isFork ? { id: 815, full_name: 'someone/assets' } : REPOSITORY;
  const pullRequest = {
    number,
    state: 'open',
    head: { ...head, repo },
    base: { ref: 'main', sha: baseSha, repo: REPOSITORY },
  };
  return {
    eventName: 'pull_request',
    ref: `refs/pull/${number}/merge`,
    event: { action: 'synchronize', number, repository: REPOSITORY, pull_request: pullRequest },
  };
}
