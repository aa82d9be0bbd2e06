// Pull requests and their comments as the stand-in keeps them.
import type { Facts } from './facts.ts';

export interface Comment {
  readonly id: string;
  /** Its number over REST. */
  readonly number: number;
  readonly author: string;
  body: string;
}

export interface PullRequest {
  readonly id: string;
  readonly number: number;
  readonly headRef: string;
  readonly baseRef: string;
  readonly author: string;
  readonly isCrossRepository: boolean;
  readonly comments: Comment[];
  title: string;
  body: string;
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  headOid: string;
  /** What it changed when it was merged. */
  mergedPaths?: readonly string[];
}

/** What is given when a pull request is opened. */
export interface PullRequestOptions {
  readonly head: string;
  readonly base: string;
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
  readonly isCrossRepository?: boolean;
}

/** A new pull request. */
export function buildPullRequest(
  id: string,
  number: number,
  headOid: string,
  options: PullRequestOptions,
): PullRequest {
  return {
    id,
    number,
    headRef: options.head,
    baseRef: options.base,
    author: options.author ?? 'someone',
    isCrossRepository: options.isCrossRepository ?? false,
    comments: [],
    title: options.title ?? 'A pull request',
    body: options.body ?? '',
    state: 'OPEN',
    headOid,
  };
}

/** GitHub's words for a text that is too long for a comment or a pull request; undefined when it is not. */
export function findLongBody(facts: Facts, body: string): string | undefined {
  const isLong = body.length > 65_536 && facts.holds('comment length');
  return isLong ? 'Body is too long (maximum is 65536 characters)' : undefined;
}

/** What GitHub does to an open pull request once one of its branches has moved. */
export function settle(
  pull: PullRequest,
  now: {
    readonly head: string | undefined;
    /** The head has no commit that the base lacks. */
    readonly isEqual: boolean;
    readonly isBaseGone: boolean;
    readonly isBaseMoved: boolean;
    readonly facts: Facts;
  },
): void {
  const { head, facts } = now;
  if (head === undefined || now.isBaseGone) {
    if (facts.holds('deleted head')) pull.state = 'CLOSED';
    return;
  }
  pull.headOid = head;
  if (!now.isEqual) return;
  if (now.isBaseMoved && facts.holds('base takes head')) pull.state = 'MERGED';
  if (!now.isBaseMoved && facts.holds('head equals base')) pull.state = 'CLOSED';
}
