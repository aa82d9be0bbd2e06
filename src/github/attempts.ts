// How long writing goes on while others move the branch: the attempts, their pauses, and the three minutes.
import { computeBackoff } from '../network/retry.ts';
import { StepError } from '../text/errors.ts';
import type { GitHub } from './client.ts';

/** The branch is not where it was when it was read: read it again, decide again, try again. */
export class BranchMoved extends Error {
  override readonly name = 'BranchMoved';
}

const BACKOFF = { baseMs: 500, capMs: 10_000 };
const MAX_MOVING_MS = 3 * 60_000;
/** How long requests without an answer are repeated while writing: by then there are uploads to lose. */
const PATIENCE_MS = 75_000;

/** How writing begins and goes on. */
export interface WriteOptions<State> {
  /** What is known of the branch; undefined reads it first. */
  readonly start: State | undefined;
  /** One attempt alone: a branch that moved ends it with `BranchMoved`. */
  readonly once: boolean;
}

interface Writing<State, T> {
  readonly read: (github: GitHub) => Promise<State>;
  readonly attempt: (github: GitHub, state: State) => Promise<T>;
}

/**
 * Repeats an attempt while others move the branch under it, with full jitter, for up to three minutes; each further one
 * gets what `read` gives then.
 * @throws {BranchMoved} when there is to be one attempt alone.
 * @throws {StepError} when the time is over or the signal is aborted.
 */
export async function repeatWhileMoving<State, T>(
  github: GitHub,
  branch: string,
  { start, once }: WriteOptions<State>,
  { read, attempt }: Writing<State, T>,
): Promise<T> {
  const { timing, signal } = github;
  const patient = github.within(signal, PATIENCE_MS);
  const begin = timing.now();
  let known = start;
  try {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt(patient, known ?? (await read(patient)));
      } catch (error) {
        if (!(error instanceof BranchMoved) || once) throw error;
        if (timing.now() - begin >= MAX_MOVING_MS) throw giveUpOn(branch, error);
      }
      known = undefined;
      await github.pause(computeBackoff(BACKOFF, failures, timing.random));
    }
  } catch (error) {
    // The reason itself is told by whoever aborted.
    if (!signal.aborted || (error instanceof StepError && error !== signal.reason)) throw error;
    throw new StepError(
      'publishing-cut-short',
      `Publishing to the branch ${branch} was given up because the run is ending; it is not known whether the last commit arrived. The manifest stays in the workspace; the next run publishes again what is still missing.`,
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
