// What a cancelled run may still do: GitHub sends SIGINT, then SIGTERM, then ends the process.
import { StepError } from '../text/errors.ts';

/** GitHub leaves 7.5 s between its two signals; publishing gets a part of them. */
const PUBLISH_WITHIN_MS = 5000;

/** The signals of a run's end. */
export interface Cancellation {
  /** Aborted by the first SIGINT or SIGTERM: nothing new starts, and what is in flight ends. */
  readonly cancelled: AbortSignal;
  /** Aborted five seconds later: what is not published by then stays in the workspace. */
  readonly publishingEnded: AbortSignal;
}

/** The signals of a cancelled run on a platform: on Windows the second one is Ctrl+Break, which would end the process. */
export function listEndingSignals(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
  return platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];
}

/** Listens for the signals of a cancelled run; only the first one matters. */
export function listenForCancellation(): Cancellation {
  const cancelled = new AbortController();
  const publishingEnded = new AbortController();
  for (const name of listEndingSignals(process.platform)) {
    process.on(name, () => {
      if (cancelled.signal.aborted) return;
      const reason = new StepError('cancelled', `The run was cancelled (${name}).`);
      cancelled.abort(reason);
      setTimeout(() => publishingEnded.abort(reason), PUBLISH_WITHIN_MS).unref();
    });
  }
  return { cancelled: cancelled.signal, publishingEnded: publishingEnded.signal };
}
