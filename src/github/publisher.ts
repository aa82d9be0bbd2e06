// What both ways of publishing share: their outside, reading manifests, and the loop around a branch that moves.
import { StepError } from '../text/errors.ts';
import {
  findSizeFault,
  type Manifest,
  parseManifest,
  serializeManifest,
  UnreadableManifest,
} from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';
import { computeBackoff } from '../network/retry.ts';
import type { JudgedFile } from './blob-id.ts';
import type { GitHub } from './client.ts';
import { type Attempted, explainFailure } from '../publish/remedies.ts';
import { BranchMoved, type FileAt, type GitData } from './git-data.ts';

/** Publishes one run's changes to the place it was opened for. */
export interface Publisher {
  /** What is published there now: planning knows it as well as the checkout's manifest. */
  readonly manifest: Manifest;
  /**
   * Publishes the changes that still describe the branch.
   * @throws {StepError} that names the remedy, also when the signal is aborted.
   */
  publish(request: PublishRequest): Promise<Publication>;
}

export interface PublisherOptions {
  readonly github: GitHub;
  /** Repository-relative path of the manifest. */
  readonly manifestPath: string;
  /** Start afresh from a manifest that cannot be read. */
  readonly force: boolean;
  /** GITHUB_SHA. */
  readonly runCommit: string;
  readonly commitMessage: string;
  /** GITHUB_SERVER_URL, for links. */
  readonly serverUrl: string;
}

export interface PublishRequest {
  /** Path → the entry it gets, or undefined to drop it. */
  readonly changes: ManifestChanges;
  /** The file that was judged, for every path that gets an entry. */
  readonly findJudged: (path: string) => JudgedFile | undefined;
  /** Gives up cleanly when it is aborted. */
  readonly signal: AbortSignal;
}

/** What came of publishing. */
export interface Publication {
  /** The published manifest, and its exact text; undefined when there is none. */
  readonly manifest: Manifest;
  readonly text: string | undefined;
  /** The commit that was made, if one was needed. */
  readonly commit: string | undefined;
  /** Path → why the branch's own entry stands instead of this run's. */
  readonly superseded: ReadonlyMap<string, string>;
  /** The pull request that this run opened or updated. */
  readonly pullRequest: PublishedPullRequest | undefined;
  /** Sentences for the log. */
  readonly notes: readonly string[];
  /** Set when the commit was published but its pull request could not be opened or updated. */
  readonly failure: StepError | undefined;
}

export interface PublishedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly change: 'opened' | 'updated';
}

/** A manifest read from GitHub. */
export interface RemoteManifest {
  readonly manifest: Manifest;
  readonly text: string | undefined;
  /** Whether it could not be read and is given up because of `force`. */
  readonly isGivenUp: boolean;
}

const ABSENT: RemoteManifest = { manifest: new Map(), text: undefined, isGivenUp: false };
const BACKOFF = { baseMs: 500, capMs: 10_000 };
const MAX_MOVING_MS = 3 * 60_000;
const PATIENCE_MS = 75_000;

/** Reads manifests by blob id, each once: a branch that moves seldom changes them. */
export class ManifestReader {
  readonly #data: GitData;
  readonly #path: string;
  readonly #force: boolean;
  readonly #known = new Map<string, RemoteManifest>();

  constructor(data: GitData, path: string, force: boolean) {
    this.#data = data;
    this.#path = path;
    this.#force = force;
  }

  /**
   * Reads the manifest at a branch; `file` undefined means that there is none.
   * @throws {UnreadableManifest} unless `force` starts afresh.
   */
  async read(file: FileAt | undefined, branch: string, signal: AbortSignal): Promise<RemoteManifest> {
    if (file === undefined) return ABSENT;
    const known = this.#known.get(file.oid);
    if (known !== undefined) return known;
    const read = await this.#readOnce(file, `${this.#path} on the branch ${branch}`, signal);
    this.#known.set(file.oid, read);
    return read;
  }

  /** Reads like `read`, but takes what cannot be read for empty: for a state of the past that nobody can repair. */
  async readPast(file: FileAt | undefined, branch: string, signal: AbortSignal): Promise<Manifest> {
    try {
      return (await this.read(file, branch, signal)).manifest;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return ABSENT.manifest;
    }
  }

  async #readOnce(file: FileAt, place: string, signal: AbortSignal): Promise<RemoteManifest> {
    try {
      const bytes = await this.#data.readManifest(file, place, signal);
      return { manifest: parseManifest(bytes, place), text: bytes.toString(), isGivenUp: false };
    } catch (error) {
      if (!this.#force || !(error instanceof UnreadableManifest)) throw error;
      return { manifest: new Map(), text: undefined, isGivenUp: true };
    }
  }
}

/**
 * The text to publish.
 * @throws {StepError} when no run could read it: what is on the branch stays readable.
 */
export function writeText(manifest: Manifest, path: string): string {
  const text = serializeManifest(manifest);
  const fault = findSizeFault(text);
  if (fault === undefined) return text;
  throw new StepError(
    'manifest-too-large',
    `The manifest ${path} was not published: ${fault}, each with a \`manifest-path\` of its own.`,
  );
}

/** Runs a part of publishing, so that its failure names the remedy. */
export async function doing<T>(deed: Attempted, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainFailure(error, deed);
  }
}

/**
 * Repeats an attempt while other runs move the branch under it, with full jitter, for up to three minutes. `hasSent`
 * tells whether a commit was sent by then whose answer may be missing.
 * @throws {StepError} when the time is over or the signal is aborted.
 */
export async function publishWhileMoving<T>(
  {
    github,
    branch,
    signal,
    hasSent,
  }: {
    readonly github: GitHub;
    readonly branch: string;
    readonly signal: AbortSignal;
    readonly hasSent: () => boolean;
  },
  attempt: () => Promise<T>,
): Promise<T> {
  const { timing } = github;
  // By now there are uploads to lose.
  github.patienceMs = PATIENCE_MS;
  const start = timing.now();
  try {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof BranchMoved)) throw error;
        if (timing.now() - start >= MAX_MOVING_MS) throw giveUpOn(branch, error);
      }
      await github.pause(computeBackoff(BACKOFF, failures, timing.random), signal);
    }
  } catch (error) {
    // The reason itself is told by whoever aborted.
    if (!signal.aborted || (error instanceof StepError && error !== signal.reason)) throw error;
    const result = hasSent() ? 'it is not known whether the commit arrived' : 'nothing was published';
    throw new StepError(
      'publishing-cut-short',
      `Publishing to the branch ${branch} was given up because the run is ending: ${result}. The manifest stays in the workspace; the next run publishes again what is still missing.`,
      { cause: error },
    );
  }
}

function giveUpOn(branch: string, error: BranchMoved): StepError {
  return new StepError(
    'branch-moving',
    `The branch ${branch} kept moving for three minutes, so publishing was given up: ${error.message} The manifest stays in the workspace. Run fewer jobs at once, or use one job with more \`concurrency\`.`,
    { cause: error },
  );
}

/** The error for a branch that is not there. */
export function missingBranch(branch: string, repository: string): StepError {
  return new StepError(
    'branch-missing',
    `There is no branch ${branch} in ${repository}, or the token cannot see it. Create it, or set \`target-branch\` to a branch that exists.`,
  );
}

/** Which workflow runs GitHub holds back for what GITHUB_TOKEN did. */
export function describeHeldRuns(deed: string): string {
  return (
    `${deed} with GITHUB_TOKEN: on github.com the pull request's workflow runs for it wait until someone with write ` +
    'access approves them on the pull request; other events, and GitHub Enterprise Server, start no run at all. ' +
    'With a GitHub App token as `token` they start by themselves.'
  );
}
