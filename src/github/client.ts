// The way to GitHub's API: Octokit with time limits, bounded retries and a transport of our own.
import type { Dispatcher, RequestInit, Response } from 'undici';
import { valueAt } from '../text/json.ts';
import { decideRetry, NoAnswer, Refusal, readFailure, refuseAbsent } from './failure.ts';
import { decodeBlob, readBytes, takeDespiteFiles } from './replies.ts';

/** Time and chance, so that tests need not wait. */
export interface Timing {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export interface ConnectOptions {
  readonly token: string;
  /** The value of GITHUB_API_URL. */
  readonly apiUrl: string;
  /** `owner/name`, the value of GITHUB_REPOSITORY. */
  readonly repository: string;
  /** The way out, through a proxy if there is one. The caller closes it. */
  readonly dispatcher: Dispatcher;
  readonly timing: Timing;
  /** Told why and for how long a request waits for its next attempt. */
  readonly onRetry?: (message: string) => void;
  /** Milliseconds an attempt may take; 60 s when left out. */
  readonly requestTimeoutMs?: number;
}

export interface RequestOptions {
  readonly signal: AbortSignal;
  /** False when doing it twice does harm and GitHub could not tell; true when left out. */
  readonly isRepeatable?: boolean;
}

const REQUEST_TIMEOUT_MS = 60_000;
/** Far more than any reply has: the largest is a manifest in base64. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
/** Room for what stands around the base64 of a blob, which is a third longer than its bytes. */
const JSON_FRAME_BYTES = 64 * 1024;

type Octokit = ReturnType<typeof import('@actions/github')['getOctokit']>;
type Variables = Readonly<Record<string, unknown>>;

/** Opens the way to GitHub's API. Loads Octokit, which takes a tenth of a second, and sends nothing. */
export async function connectToGitHub(options: ConnectOptions): Promise<GitHub> {
  const [{ getOctokit }, { fetch, Response }] = await Promise.all([
    import('@actions/github'),
    import('undici'),
  ]);
  const octokit = getOctokit(options.token, {
    baseUrl: options.apiUrl.replace(/\/+$/, ''),
    // Octokit prints what servers call deprecated, unescaped.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: {
      fetch: async (url: string, init: RequestInit & { readonly headers: Record<string, string> }) => {
        const response = await fetch(url, {
          ...init,
          headers: { ...init.headers, 'accept-encoding': 'identity' },
          redirect: 'manual',
          dispatcher: options.dispatcher,
        });
        await refuseUnbounded(response);
        if (response.body === null) return response;
        return new Response(await readBytes(response.body, MAX_REPLY_BYTES), response);
      },
    },
  });
  return new GitHub(octokit, options);
}

function ignore(): void {}

/**
 * Refuses replies that lead elsewhere, and those whose size nobody knows before they are unpacked.
 * @throws {Refusal | NoAnswer}
 */
async function refuseUnbounded({ status, headers, body }: Response): Promise<void> {
  const isElsewhere = status >= 300 && status < 400 && status !== 304;
  const isPacked = !/^(?:identity)?$/i.test(headers.get('content-encoding') ?? '');
  if (!isElsewhere && !isPacked) return;
  await body?.cancel();
  if (isPacked) throw new NoAnswer('the reply is compressed, which was not asked for');
  throw new Refusal('GitHub redirects elsewhere, as it does for a renamed repository', {
    status,
    types: [],
    isAboutPullRequests: false,
    rateLimitMs: undefined,
  });
}

/** One repository at GitHub's API: every service shares it. */
export class GitHub {
  readonly owner: string;
  readonly name: string;
  readonly timing: Timing;
  /** Milliseconds for which requests without an answer are repeated, however many attempts that takes. */
  patienceMs = 0;
  readonly #octokit: Octokit;
  readonly #options: ConnectOptions;

  constructor(octokit: Octokit, options: ConnectOptions) {
    const [owner = '', name = ''] = options.repository.split('/');
    this.owner = owner;
    this.name = name;
    this.timing = options.timing;
    this.#octokit = octokit;
    this.#options = options;
  }

  /**
   * Runs a GraphQL document and gives its data, whose shape GitHub's schema fixes. `$owner` and `$name` are filled in.
   * @throws {Refusal | NoAnswer} and the signal's reason.
   */
  async graphql<T>(document: string, variables: Variables, options: RequestOptions): Promise<T> {
    const isWrite = document.startsWith('mutation');
    return await this.#send({ ...options, isWrite }, async (request) => {
      const isAboutRepository = document.includes('$owner');
      const own = isAboutRepository ? { owner: this.owner, name: this.name } : {};
      const asked = this.#octokit.graphql<T | undefined>(document, { ...own, ...variables, request });
      const data = await asked.catch((error: unknown) => takeDespiteFiles<T>(error));
      if (data === undefined || data === null) throw new NoAnswer('the reply was cut or is not JSON');
      if (isAboutRepository && valueAt(data, 'repository') === undefined) {
        throw refuseAbsent('the repository is not shown to this token');
      }
      return data;
    });
  }

  /**
   * Sends a REST request and gives the parsed body. `{owner}` and `{repo}` are filled in.
   * @throws {Refusal | NoAnswer} and the signal's reason.
   */
  async rest<T>(route: string, parameters: Variables, options: RequestOptions): Promise<T> {
    const isWrite = !route.startsWith('GET ');
    return await this.#send({ ...options, isWrite }, async (request) => {
      const { data, status } = await this.#octokit.request(route, {
        owner: this.owner,
        repo: this.name,
        ...parameters,
        request,
      });
      // Octokit gives the text of a body that is cut or is not JSON.
      if (status !== 204 && typeof data !== 'object') throw new NoAnswer('the reply was cut or is not JSON');
      return data as T;
    });
  }

  /**
   * Reads a blob's bytes, at most `maxBytes` of them, raw or in the base64 of a JSON reply, as some proxies pass on.
   * @throws {Refusal | NoAnswer} and the signal's reason.
   */
  async blob(oid: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    return await this.#send({ signal }, async (request) => {
      const { data, headers } = await this.#octokit.request(
        'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
        {
          owner: this.owner,
          repo: this.name,
          file_sha: oid,
          headers: { accept: 'application/vnd.github.raw+json' },
          // Octokit would decode the bytes as text.
          request: { ...request, parseSuccessResponseBody: false },
        },
      );
      // The raw form's own type ends in `json` as well.
      const isJson = /^application\/(?!.*\braw\b)(?:.*\+)?json\b/i.test(headers['content-type'] ?? '');
      const body = data as unknown as AsyncIterable<Uint8Array>;
      if (!isJson) return await readBytes(body, maxBytes);
      const bytes = await readBytes(body, 2 * maxBytes + JSON_FRAME_BYTES);
      return decodeBlob(bytes) ?? bytes;
    });
  }

  /**
   * Waits for the next attempt. `attempts` counts those made, `start` is the time of the first.
   * @throws the failure when there is to be no further attempt, and the signal's reason.
   */
  async #pauseAfter(
    failure: Refusal | NoAnswer,
    {
      attempts,
      start,
      isRepeatable = true,
    }: { readonly attempts: number; readonly start: number; readonly isRepeatable?: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { timing, onRetry } = this.#options;
    const isPatient = timing.now() - start < this.patienceMs;
    const wait = decideRetry(failure, { attempts, isRepeatable, isPatient }, timing.random);
    if (wait === undefined) throw failure;
    onRetry?.(`GitHub: ${failure.message}; next attempt in ${(wait / 1000).toFixed(1)} s`);
    await this.pause(wait, signal);
  }

  /**
   * Reads something that is known to exist until it is there: GitHub's reads lag behind its writes, and "not found" must
   * not be taken for an answer. `what` names it for the message; `read` may give its own account of what is missing.
   * @throws {NoAnswer} when it does not come up; whatever `read` throws; the signal's reason.
   */
  async readUntilShown<T extends object | string>(
    what: string,
    signal: AbortSignal,
    read: () => Promise<T | NoAnswer | undefined>,
  ): Promise<T> {
    const start = this.timing.now();
    for (let attempts = 1; ; attempts += 1) {
      const found = await read();
      if (found !== undefined && !(found instanceof NoAnswer)) return found;
      const failure: NoAnswer = found ?? new NoAnswer(`GitHub does not find ${what}, which exists`);
      await this.#pauseAfter(failure, { attempts, start }, signal);
    }
  }

  /**
   * Waits so many milliseconds.
   * @throws the signal's reason.
   */
  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
      await this.timing.sleep(milliseconds, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  async #send<T>(
    { signal, isRepeatable = true, isWrite = false }: RequestOptions & { readonly isWrite?: boolean },
    attempt: (request: { signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { timing, requestTimeoutMs = REQUEST_TIMEOUT_MS } = this.#options;
    const start = timing.now();
    for (let attempts = 1; ; attempts += 1) {
      signal.throwIfAborted();
      try {
        return await attempt({ signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]) });
      } catch (error) {
        signal.throwIfAborted();
        const failure = readFailure(error, timing.now());
        failure.isWrite = isWrite;
        await this.#pauseAfter(failure, { attempts, start, isRepeatable }, signal);
      }
    }
  }
}
