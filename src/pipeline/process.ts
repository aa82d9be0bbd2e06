// What a run has to do with its process: the version of Node, memory, and the signals that end it.
import { StepError } from '../text/errors.ts';

/** What the HTTP client asks for; package.json says the same in `engines`. */
const LEAST_NODE = [22, 19] as const;

/** Throws a `StepError`, with what to do about it, when a version like `24.1.0` is too old. */
export function requireNode(version: string, remedy: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StepError(
    'node-too-old',
    `This needs Node ${leastMajor}.${leastMinor} or newer and runs on Node ${version}; ${remedy}.`,
  );
}

/** Assets from which on memory is worth a moment. */
export const MANY_ASSETS = 1000;

/**
 * V8 makes room for short-lived data too readily: with 20 000 assets, or eight uploads in flight, that costs 50 MB and
 * saves no time.
 */
export function saveMemory(): void {
  // Loaded by need: a small run starts the sooner.
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}

/** A cancelled run gets SIGINT, then SIGTERM; on Windows Ctrl+Break, which is SIGBREAK, would end the process. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/** GitHub leaves 7.5 s between its two signals, and then ends the process; publishing gets a part of them. */
const PUBLISH_WITHIN_MS = 5000;

/** The signals of a run's end. */
export interface Cancellation {
  /** Aborted by the first SIGINT or SIGTERM: nothing new starts, and what is in flight ends. */
  readonly cancelled: AbortSignal;
  /** Aborted five seconds later: what is not published by then stays in the workspace. */
  readonly publishingEnded: AbortSignal;
}

/** Listens for the signals of a cancelled run; only the first one matters. */
export function listenForCancellation(): Cancellation {
  const cancelled = new AbortController();
  const publishingEnded = new AbortController();
  for (const name of ENDING_SIGNALS) {
    process.on(name, () => {
      if (cancelled.signal.aborted) return;
      const reason = new StepError('cancelled', `The run was cancelled (${name}).`);
      cancelled.abort(reason);
      setTimeout(() => publishingEnded.abort(reason), PUBLISH_WITHIN_MS).unref();
    });
  }
  return { cancelled: cancelled.signal, publishingEnded: publishingEnded.signal };
}
