// The way to GitHub's API for one run, opened only by runs that need it.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectToGitHub, type GitHub } from '../github/client.ts';
import { openDispatcher, parseSafeUrl } from '../network/network.ts';
import { StepError } from '../text/errors.ts';
import { quoteInput } from '../text/text.ts';
import type { Run } from './set-up.ts';

/**
 * Opens the way to GitHub's API through the configured proxy; the opener closes it. Sends nothing.
 * @throws {StepError} when its address or the proxy's is none that the token may be sent to.
 */
export async function openGitHubLink(run: Run, signal: AbortSignal): Promise<GitHub> {
  const { event, inputs, proxy, redact, reporter } = run;
  const url = parseSafeUrl(event.apiUrl);
  if (typeof url === 'string') {
    const shown = event.apiUrl.includes('@') ? '' : ` ${quoteInput(event.apiUrl)}`;
    const advice = 'give the address of GitHub’s API, for example https://api.github.com';
    throw new StepError('github-address', `GITHUB_API_URL${shown} ${url}; ${advice}.`);
  }
  return await connectToGitHub({
    token: inputs.token,
    apiUrl: event.apiUrl,
    repository: event.repository,
    dispatcher: await openDispatcher(url, proxy),
    redact,
    signal,
    timing: {
      now: Date.now,
      sleep: (milliseconds, until) => sleep(milliseconds, undefined, { signal: until }),
      random: Math.random,
    },
    onRetry: (message) => reporter.info(message),
  });
}
