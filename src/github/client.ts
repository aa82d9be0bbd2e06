// The way to GitHub's API: Octokit with time limits, bounded retries and a transport of our own.
import type { Mutation, Repository } from '@octokit/graphql-schema';
import type { Endpoints } from '@octokit/types';
import type { Dispatcher, RequestInit, Response } from 'undici';
import type { Redactor } from '../text/redact.ts';
import { decideRetry, NoAnswer, Refusal, classifyFailure } from './failure.ts';
import { readBytes, acceptFileErrors } from './replies.ts';

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
  /** The way out, through a proxy if there is one. */
  readonly dispatcher: Dispatcher;
  /** Takes secrets out of what GitHub says. */
  readonly redact: Redactor;
  /** Ends every request and pause, with its reason. */
  readonly signal: AbortSignal;
  readonly timing: Timing;
  /** Told why and for how long a request waits for its next attempt. */
  readonly onRetry?: (message: string) => void;
  /** Milliseconds an attempt may take; 60 s when left out. */
  readonly requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 60_000;
/** Far more than any reply has: the largest is a manifest in base64. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

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

/** Refuses replies that lead elsewhere, and those whose size nobody knows before they are unpacked. */
async function refuseUnbounded({ status, headers, body }: Response): Promise<void> {
  const isElsewhere = status >= 300 && status < 400 && status !== 304;
  const isPacked = !/^(?:identity)?$/i.test(headers.get('content-encoding') ?? '');
  if (!isElsewhere && !isPacked) return;
  await body?.cancel();
  if (isPacked) throw new NoAnswer('the reply is compressed, which was not asked for');
  throw new Refusal('GitHub redirects elsewhere, as it does for a renamed repository', { status });
}

/** `write once` when doing it twice does harm and GitHub could not tell. */
type RequestKind = 'read' | 'write' | 'write once';

/**
 * One repository at GitHub's API, asked within one signal. Whatever asks it throws a `Refusal` or `NoAnswer`, or the
 * signal's reason.
 */
export class GitHub {
  readonly owner: string;
  readonly name: string;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  readonly #octokit: Octokit;
  readonly #options: ConnectOptions;
  readonly #patienceMs: number;

  constructor(octokit: Octokit, options: ConnectOptions, patienceMs = 0) {
    const [owner = '', name = ''] = options.repository.split('/');
    this.owner = owner;
    this.name = name;
    this.timing = options.timing;
    this.signal = options.signal;
    this.#octokit = octokit;
    this.#options = options;
    this.#patienceMs = patienceMs;
  }

  /** The same way within another signal; requests without an answer are repeated for so long, however often. */
  within(signal: AbortSignal, patienceMs = 0): GitHub {
    return new GitHub(this.#octokit, { ...this.#options, signal }, patienceMs);
  }

  /** Closes the way out, for every signal. */
  async close(): Promise<void> {
    await this.#options.dispatcher.destroy();
  }

  /** Reads fields of the repository. Of GitHub's schema, those that are asked for are there. */
  async query<T = Repository>(
    name: string,
    declarations: string,
    fields: string,
    variables: Variables,
  ): Promise<T> {
    const document = `query ${name}($owner: String!, $name: String!, ${declarations}) {
      repository(owner: $owner, name: $name) { ${fields} }
    }`;
    const all = { owner: this.owner, name: this.name, ...variables };
    const { repository } = await this.#graphql<{ repository?: T | null }>('read', document, all);
    if (repository) return repository;
    throw new Refusal('the repository is not shown to this token', { status: 404 });
  }

  /** Runs a mutation of one input, and reads these fields of what it gives. */
  async mutate<Name extends keyof Mutation & string>(
    name: Name,
    input: object,
    { fields = 'clientMutationId', once = false } = {},
  ): Promise<Mutation[Name]> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
    return (await this.#graphql<Mutation>(once ? 'write once' : 'write', document, { input }))[name];
  }

  async #graphql<T>(kind: RequestKind, document: string, variables: Variables): Promise<T> {
    return await this.#send(kind, async (request) => {
      const asked = this.#octokit.graphql<T | undefined>(document, { ...variables, request });
      const data = await asked.catch((error: unknown) => acceptFileErrors<T>(error));
      if (data === undefined || data === null) throw new NoAnswer('the reply was cut or is not JSON');
      return data;
    });
  }

  /** Sends a REST request and gives the parsed body. `{owner}` and `{repo}` are filled in. */
  async rest<Route extends keyof Endpoints>(
    route: Route,
    parameters: Omit<Endpoints[Route]['parameters'], 'owner' | 'repo'>,
  ): Promise<Endpoints[Route]['response']['data']> {
    return await this.#send(route.startsWith('GET ') ? 'read' : 'write', async (request) => {
      const all = { owner: this.owner, repo: this.name, ...parameters, request };
      const { data, status } = await this.#octokit.request<string>(route, all);
      // Octokit gives the text of a body that is cut or is not JSON.
      if (status !== 204 && typeof data !== 'object') throw new NoAnswer('the reply was cut or is not JSON');
      return data;
    });
  }

  /** Asks for the bytes of a blob, raw, and gives whatever comes: some proxies pass on JSON. */
  async blob(oid: string): Promise<Buffer> {
    return await this.#send('read', async (request) => {
      const { data } = await this.#octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
        owner: this.owner,
        repo: this.name,
        file_sha: oid,
        headers: { accept: 'application/vnd.github.raw+json' },
        // Octokit would decode the bytes as text.
        request: { ...request, parseSuccessResponseBody: false },
      });
      return await readBytes(data as unknown as AsyncIterable<Uint8Array>, MAX_REPLY_BYTES);
    });
  }

  /**
   * Reads something that is known to exist until it is there: GitHub's reads lag behind its writes, and "not found" must
   * not be taken for an answer. `what` names it for the message.
   */
  async readUntilShown<T extends object | string>(
    what: string,
    read: () => Promise<T | undefined>,
  ): Promise<T> {
    const start = this.timing.now();
    for (let attempts = 1; ; attempts += 1) {
      const found = await read();
      if (found !== undefined) return found;
      await this.#pauseAfter(new NoAnswer(`GitHub does not show ${what}, which exists`), attempts, start);
    }
  }

  /** Waits so many milliseconds. */
  async pause(milliseconds: number): Promise<void> {
    // Timers reject with an error of their own.
    await this.timing.sleep(milliseconds, this.signal).catch(ignore);
    this.signal.throwIfAborted();
  }

  async #send<T>(
    kind: RequestKind,
    attempt: (request: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { timing, redact, requestTimeoutMs = REQUEST_TIMEOUT_MS } = this.#options;
    const start = timing.now();
    for (let attempts = 1; ; attempts += 1) {
      this.signal.throwIfAborted();
      try {
        const limit = AbortSignal.timeout(requestTimeoutMs);
        return await attempt({ signal: AbortSignal.any([this.signal, limit]) });
      } catch (error) {
        this.signal.throwIfAborted();
        const failure = classifyFailure(error, timing.now());
        failure.message = redact(failure.message);
        failure.isWrite = kind !== 'read';
        await this.#pauseAfter(failure, attempts, start, kind !== 'write once');
      }
    }
  }

  /** Waits for the next attempt after so many since `start`, or throws the failure when there is to be none. */
  async #pauseAfter(
    failure: Refusal | NoAnswer,
    attempts: number,
    start: number,
    isRepeatable = true,
  ): Promise<void> {
    const { timing, onRetry } = this.#options;
    const isPatient = timing.now() - start < this.#patienceMs;
    const wait = decideRetry(failure, { attempts, isRepeatable, isPatient }, timing.random);
    if (wait === undefined) throw failure;
    onRetry?.(`GitHub: ${failure.message}; next attempt in ${(wait / 1000).toFixed(1)} s`);
    await this.pause(wait);
  }
}
