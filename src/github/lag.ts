// Waits for what GitHub knows already but does not show yet.
import type { GitHub } from './client.ts';
import { NoAnswer } from './failure.ts';

/**
 * Reads something that is known to exist until it is there: GitHub's reads lag behind its writes, and "not found" must
 * not be taken for an answer. `what` names it for the message; `read` may give its own account of what is missing.
 * @throws {NoAnswer} when it does not come up; whatever `read` throws; the signal's reason.
 */
export async function readUntilShown<T extends object | string>(
  github: GitHub,
  what: string,
  signal: AbortSignal,
  read: () => Promise<T | NoAnswer | undefined>,
): Promise<T> {
  const start = github.timing.now();
  for (let attempts = 1; ; attempts += 1) {
    const found = await read();
    if (found !== undefined && !(found instanceof NoAnswer)) return found;
    const failure: NoAnswer = found ?? new NoAnswer(`GitHub does not find ${what}, which exists`);
    await github.pauseAfter(failure, { attempts, start }, signal);
  }
}
