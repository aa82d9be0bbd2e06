// The way into publishing, whatever the mode.
import { openCommitPublisher } from './commit-publisher.ts';
import type { Place } from '../publish/place.ts';
import type { Publisher, PublisherOptions } from './publisher.ts';
import { openPullRequestPublisher } from './pull-request-publisher.ts';

/**
 * Reads what is published at a place and gives the publisher for it. To be called before anything is uploaded.
 * @throws {StepError} when it cannot be read.
 */
export async function openPublisher(
  options: PublisherOptions,
  place: Place,
  signal: AbortSignal,
): Promise<Publisher> {
  return place.kind === 'commit'
    ? await openCommitPublisher(options, place, signal)
    : await openPullRequestPublisher(options, place, signal);
}
