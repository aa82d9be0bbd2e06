// Publishing the manifest, whatever the way: its outside, and what both ways share.
import { BranchMoved, SentCommits, type WriteOptions } from '../github/commit.ts';
import { readBranchRules, tryToWrite } from '../github/branches.ts';
import type { GitHub } from '../github/client.ts';
import { RequestFailure } from '../github/failure.ts';
import type { PublishedPullRequest } from '../github/pulls.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { RunResult } from '../outcome.ts';
import type { CurrencyRules } from '../plan.ts';
import type { StepError } from '../text/errors.ts';
import type { RunChanges } from './decide.ts';
import type { Place } from './place.ts';
import { createChangeSorter, type ChangeSorter, type ChangeSorterOptions } from './relevance.ts';
import { type Attempted, explainFailure } from './remedies.ts';
import { ManifestReader, type ManifestReaderOptions } from './remote-manifest.ts';

/** What a run publishes, and how; `force` also uploads what is current. */
export interface PublisherOptions extends ManifestReaderOptions, ChangeSorterOptions {
  /** Asked for what comes before the uploads; publishing has a signal of its own. */
  readonly github: GitHub;
  readonly rules: CurrencyRules;
  readonly commitMessage: string;
  /** The commit with the files before this run's, for pictures; undefined where the event names none. */
  readonly commitBefore: string | undefined;
  /** Address of the repository for people, for links. */
  readonly repositoryUrl: string;
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

/** What is known of a branch before it is written to. */
export interface Preparation {
  /** Whether it is protected, or a rule asks for a pull request: then the first success tells whether it can be written. */
  readonly isGuarded: boolean;
  /** Sentences for the log. */
  readonly notes: readonly string[];
}

/** Publishes one run's changes to one place, of which `State` is what is read. */
export abstract class Publisher<Where extends Place = Place, State = unknown> {
  /** What is published there now, what counts more first: planning knows it as well as the checkout's manifest. */
  manifests: readonly Manifest[] = [];
  protected readonly options: PublisherOptions;
  protected readonly reader: ManifestReader;
  /** What the opening read; later publications read anew. */
  protected start: State | undefined;
  protected readonly place: Where;
  protected readonly sortChanges: ChangeSorter;
  readonly #sent = new SentCommits();

  constructor(options: PublisherOptions, place: Where) {
    this.options = options;
    this.reader = new ManifestReader(options);
    this.place = place;
    this.sortChanges = createChangeSorter(options, place.kind === 'commit' ? place.branch : place.base);
  }

  /**
   * Reads what is published.
   * @throws {StepError} when a branch or its manifest cannot be read, or is not the action's own.
   */
  async open(): Promise<void> {
    await this.explain(this.read(this.options.github));
  }

  /**
   * Makes sure, before anything is uploaded, that it can be recorded: tries the token by a write that changes nothing,
   * and reads the rules of the branch.
   * @throws {StepError} when it is known that it cannot.
   */
  async prepare(): Promise<Preparation> {
    const { github } = this.options;
    const { kind, branch } = this.place;
    await this.explain(tryToWrite(github));
    const { isProtected, rules } = await this.explain(readBranchRules(github, branch));
    const asksForPull = rules.includes('pull_request');
    const advice =
      kind === 'commit'
        ? 'use `mode: pull-request`'
        : 'choose a `pull-request-branch` that it does not cover';
    const note = `A rule of the branch ${branch} asks for a pull request. Unless the token may pass by it, ${advice}.`;
    return { isGuarded: isProtected || asksForPull, notes: asksForPull ? [note] : [] };
  }

  /**
   * Publishes the changes that still describe the branch; `once` makes one attempt alone.
   * @throws {BranchMoved} when that one finds the branch moved.
   * @throws {StepError} that names the remedy, also when the signal is aborted.
   */
  async publish(
    result: RunResult,
    { once, signal }: { readonly once: boolean; readonly signal: AbortSignal },
  ): Promise<Publication> {
    const { checkout, rules, force, github } = this.options;
    const run = { ...result, checkout: checkout.manifest, rules, force };
    const options = { start: this.start, once, sent: this.#sent };
    this.start = undefined;
    const publication = await this.explain(this.write(github.within(signal), run, options));
    if (publication.failure === undefined) this.#sent.clear();
    return publication;
  }

  /** Reads the place and the manifests there: sets `start` and `manifests`. */
  protected abstract read(github: GitHub): Promise<void>;

  protected abstract write(
    github: GitHub,
    run: RunChanges,
    options: WriteOptions<State>,
  ): Promise<Publication>;

  /** Runs a part of publishing, so that its failure names the remedy. */
  protected async explain<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof BranchMoved) throw error;
      throw explainFailure(error, describeAttempt(error, this.place));
    }
  }
}

function describeAttempt(error: unknown, place: Place): Attempted {
  const { kind, branch } = place;
  const isProposed = kind === 'pull-request';
  if (error instanceof RequestFailure && error.isWrite) {
    const action = `${isProposed ? 'write' : 'commit to'} the branch ${branch}`;
    return { action, permission: 'contents: write', branch, isProposed };
  }
  const action = `read the branch${isProposed ? `es ${place.base} and` : ''} ${branch}`;
  return { action, permission: 'contents: read' };
}

/** Which workflow runs GitHub holds back for what GITHUB_TOKEN did. */
export function describeHeldRuns(done: string): string {
  return (
    `${done} with GITHUB_TOKEN: on github.com the pull request's workflow runs for it wait until someone with write ` +
    'access approves them on the pull request; other events, and GitHub Enterprise Server, start no run at all. ' +
    'With a GitHub App token as `token` they start by themselves.'
  );
}
