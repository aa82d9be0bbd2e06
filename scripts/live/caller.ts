// The script's own way to GitHub's API: small, counted, paced and polite, and none of the action's.
import { valueAt } from '../../src/text/json.ts';
import { parseRetryAfter } from '../../src/network/retry.ts';

/** A reply; a body that is not JSON is text. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Whom to call, and how to wait. */
export interface Connection {
  /** The value of GITHUB_API_URL. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
}

/** GitHub's limits are 1 000 requests an hour for GITHUB_TOKEN; the action's own and other jobs need theirs. */
const MAX_REQUESTS = 500;
/** GitHub asks for a second between writes; 80 a minute is its limit. */
const WRITE_GAP_MS = 1_000;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_ATTEMPTS = 4;
/** What GitHub asks for when it names no time. */
const UNNAMED_WAIT_MS = 60_000;
const MAX_WAIT_MS = 10 * 60_000;

/** What callers share. */
interface Traffic {
  requests: number;
  /** When the next write may be sent; milliseconds since 1970. */
  nextWrite: number;
}

export class Caller {
  readonly owner: string;
  readonly name: string;
  readonly #connection: Connection;
  readonly #traffic: Traffic;

  constructor(connection: Connection, traffic: Traffic = { requests: 0, nextWrite: 0 }) {
    const [owner = '', name = ''] = connection.repository.split('/');
    this.owner = owner;
    this.name = name;
    this.#connection = connection;
    this.#traffic = traffic;
  }

  get repository(): string {
    return `${this.owner}/${this.name}`;
  }

  /** How many requests were sent. */
  get requests(): number {
    return this.#traffic.requests;
  }

  /** The same caller with another repository or token. */
  as(changes: Partial<Pick<Connection, 'repository' | 'token'>>): Caller {
    return new Caller({ ...this.#connection, ...changes }, this.#traffic);
  }

  /** Throws the reason when the run was ended. */
  throwIfEnded(): void {
    this.#connection.signal.throwIfAborted();
  }

  /** Waits without a request. */
  async sleep(milliseconds: number): Promise<void> {
    this.throwIfEnded();
    await this.#connection.sleep(milliseconds);
  }

  /** Sends a REST request about the repository: `git/refs`. */
  async rest(
    method: string,
    path: string,
    body?: object,
    accept = 'application/vnd.github+json',
  ): Promise<Reply> {
    const url = `${this.#connection.apiUrl}/repos/${this.repository}/${path}`;
    return await this.#send(method, url, body, accept, method !== 'GET');
  }

  /** Sends a GraphQL document. */
  async graphql(query: string, variables: object = {}): Promise<Reply> {
    const url = `${this.#connection.apiUrl.replace(/\/v3$/, '')}/graphql`;
    const isWrite = query.startsWith('mutation');
    return await this.#send('POST', url, { query, variables }, 'application/json', isWrite);
  }

  /** Asks for fields of the repository. */
  async ask(fields: string): Promise<Reply> {
    const [owner, name] = [this.owner, this.name].map((text) => JSON.stringify(text));
    return await this.graphql(`query { repository(owner: ${owner}, name: ${name}) { ${fields} } }`);
  }

  async #send(
    method: string,
    url: string,
    body: object | undefined,
    accept: string,
    isWrite: boolean,
  ): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      const gap = this.#traffic.nextWrite - Date.now();
      if (isWrite && gap > 0) await this.sleep(gap);
      const { reply, waitMs } = await this.#sendOnce(method, url, body, accept);
      if (isWrite && reply.status < 400 && listErrors(reply).length === 0)
        this.#traffic.nextWrite = Date.now() + WRITE_GAP_MS;
      if (waitMs === undefined) return reply;
      if (attempt === MAX_ATTEMPTS || waitMs > MAX_WAIT_MS) {
        throw new Error(`GitHub's limits are used up, run it again later: ${describeReply(reply)}`);
      }
      await this.sleep(waitMs);
    }
  }

  async #sendOnce(
    method: string,
    url: string,
    body: object | undefined,
    accept: string,
  ): Promise<{ readonly reply: Reply; readonly waitMs: number | undefined }> {
    this.#traffic.requests += 1;
    if (this.requests > MAX_REQUESTS) throw new Error(`More than ${MAX_REQUESTS} requests were sent.`);
    const { token, signal } = this.#connection;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, accept, 'user-agent': 'nxcloud-template-assets-live' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    const isJson = /^application\/json\b/.test(response.headers.get('content-type') ?? '');
    const reply = { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
    return { reply, waitMs: findWait(reply, response.headers) };
  }
}

/** How long GitHub asks to wait; undefined when it does not. */
function findWait(reply: Reply, headers: Headers): number | undefined {
  const isLimit =
    reply.status === 429 || /rate limit|was submitted too quickly/i.test(listMessages(reply).join(' '));
  if (!isLimit) return undefined;
  const named = parseRetryAfter(
    (name) => headers.get(name) ?? undefined,
    Date.now(),
    Number.POSITIVE_INFINITY,
  );
  if (named !== undefined) return named;
  const reset = Number(headers.get('x-ratelimit-reset'));
  if (headers.get('x-ratelimit-remaining') !== '0' || !(reset > 0)) return UNNAMED_WAIT_MS;
  return Math.max(0, reset * 1000 - Date.now());
}

/** The errors of a reply. */
export function listErrors({ body }: Reply): readonly unknown[] {
  const errors = valueAt(body, 'errors');
  return Array.isArray(errors) ? errors : [];
}

/** GitHub's messages in a reply, the general one first. */
export function listMessages(reply: Reply): readonly string[] {
  const texts = [reply.body, ...listErrors(reply)].map((part) =>
    typeof part === 'string' ? part : valueAt(part, 'message'),
  );
  return texts.filter((text) => typeof text === 'string');
}

/** The types of a GraphQL reply's errors; undefined for an error without one. */
export function listTypes(reply: Reply): readonly unknown[] {
  return listErrors(reply).map((error) => valueAt(error, 'type'));
}

/** A reply in a few words: status, types, messages. */
export function describeReply(reply: Reply): string {
  const types = listTypes(reply).filter((type) => typeof type === 'string');
  const messages = listMessages(reply).map((message) => `"${message.slice(0, 160)}"`);
  return [reply.status, ...new Set(types), ...new Set(messages)].join(' ');
}
