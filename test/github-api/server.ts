// A stand-in for GitHub's API on loopback: published shapes, a real git repository behind them, and GitHub's refusals.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Facts } from './facts.ts';
import { type FileChanges, GitRepository } from './git-repository.ts';
import { type GraphqlRequest, readGraphqlRequest } from './graphql.ts';
import {
  findOperation,
  findReplyFaults,
  findRequestFaults,
  type Json,
  type JsonObject,
  type Operation,
} from './openapi.ts';
import { HostedRepository } from './repository.ts';
import { answerRest, type RestReply, refusal } from './rest.ts';
import type { Permissions, Token } from './token.ts';

/** A request as it came in, and what became of it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** `pulls/create`, `createCommitOnBranch`, or the name of a query. */
  readonly operation: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Json;
  /** Undefined while, and when, it got no answer. */
  status?: number;
}

/** Something that happens around some requests of an operation. */
export interface Incident {
  readonly operation: string;
  /** The first request concerned, counted from 1 since this call; 1 when left out. */
  readonly nth?: number;
  /** How many requests are concerned; 1 when left out. */
  readonly times?: number;
  /** Runs before the request is executed: someone else's commit between read and write. */
  readonly before?: () => unknown;
  /** Runs after it was executed, before the reply. */
  readonly after?: () => unknown;
  /** Sent instead of executing it. */
  readonly answer?: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: Json;
  };
  /** The connection is cut before or after executing it, or the request is left without an answer. */
  readonly fault?: 'cut-before' | 'cut-after' | 'cut-in-reply' | 'hang';
}

interface PlannedIncident extends Incident {
  seen: number;
}

const FULL: Permissions = { contents: 'write', pullRequests: 'write', issues: 'write' };

/** Starts the stand-in. With `enterprise` its paths are those of GitHub Enterprise Server. */
export async function startGitHubApi(options: { readonly enterprise?: boolean } = {}): Promise<GitHubApi> {
  const api = new GitHubApi(options.enterprise === true);
  await api.listen();
  return api;
}

export class GitHubApi {
  /** Every request in order of arrival. */
  readonly requests: RecordedRequest[] = [];
  readonly repositories: HostedRepository[] = [];
  /** What its answers are like; a test may flip any of them. */
  readonly facts = new Facts();
  readonly #incidents: PlannedIncident[] = [];
  readonly #tokens = new Map<string, Token>();
  /** Requests and replies that GitHub's published descriptions do not allow. */
  readonly #violations: string[] = [];
  readonly #server: Server;
  readonly #restBase: string;
  readonly #graphqlPath: string;
  #port = 0;

  constructor(isEnterprise: boolean) {
    this.#restBase = isEnterprise ? '/api/v3' : '';
    this.#graphqlPath = isEnterprise ? '/api/graphql' : '/graphql';
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
        sendJson(response, 500, { message: 'Server Error' });
      });
    });
  }

  /** The value for GITHUB_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#restBase}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.');
    this.#port = address.port;
  }

  /** Stops and removes everything. Throws when a request or reply broke GitHub's published descriptions. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(this.repositories.map(({ git }) => git.remove()));
    if (this.#violations.length > 0)
      throw new Error(`Against the published API:\n${this.#violations.join('\n')}`);
  }

  /** A repository with a first commit on `main`. */
  async createRepository(
    fullName: string,
    files: FileChanges = { 'README.md': 'A repository.\n' },
  ): Promise<HostedRepository> {
    const [owner = '', name = ''] = fullName.split('/');
    const repository = new HostedRepository(owner, name, await GitRepository.create(), this.facts);
    this.repositories.push(repository);
    await repository.push('main', files, { message: 'First commit' });
    return repository;
  }

  /** A token that may do everything but what is said otherwise. It acts as GITHUB_TOKEN does unless `login` is given. */
  createToken(
    options: {
      readonly permissions?: Partial<Permissions>;
      readonly login?: string;
      readonly isPersonal?: boolean;
    } = {},
  ): Token {
    const token: Token = {
      value: `ghs_${String(this.#tokens.size + 1).padStart(36, 'x')}`,
      login: options.login ?? 'github-actions[bot]',
      permissions: { ...FULL, ...options.permissions },
      isPersonal: options.isPersonal ?? false,
      isExpired: false,
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** Plans an incident for requests that come after this call. */
  plan(incident: Incident): void {
    this.#incidents.push({ ...incident, seen: 0 });
  }

  /** How often an operation was asked for. */
  count(operation: string): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    const body = await readJson(request);
    const isGraphql = url.pathname === this.#graphqlPath;
    const graphql = isGraphql ? readGraphqlRequest(body) : undefined;
    const path = url.pathname.startsWith(`${this.#restBase}/`)
      ? url.pathname.slice(this.#restBase.length)
      : '';
    const operation = isGraphql ? undefined : findOperation(request.method ?? '', path);
    const name = graphql?.operation ?? operation?.id ?? `${request.method} ${url.pathname}`;
    const record: RecordedRequest = {
      method: request.method ?? '',
      path: url.pathname + url.search,
      operation: name,
      headers: request.headers,
      body,
    };
    this.requests.push(record);

    const incident = this.#takeIncident(name);
    await incident?.before?.();
    if (incident?.fault === 'hang') return;
    if (incident?.fault === 'cut-before') return void request.socket.destroy();
    if (incident?.answer !== undefined) {
      record.status = incident.answer.status;
      return sendJson(response, incident.answer.status, incident.answer.body ?? {}, incident.answer.headers);
    }
    const reply = await this.#answer({ request, url, body, graphql, operation, name });
    await incident?.after?.();
    if (incident?.fault === 'cut-after') return void request.socket.destroy();
    if (incident?.fault === 'cut-in-reply') {
      const bytes = reply.raw ?? Buffer.from(JSON.stringify(reply.body));
      response.writeHead(reply.status, {
        'content-type': 'application/json',
        'content-length': bytes.length,
      });
      response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
      return;
    }
    record.status = reply.status;
    if (reply.raw !== undefined) {
      const type = reply.rawType ?? 'application/vnd.github.raw+json; charset=utf-8';
      response.writeHead(200, { 'content-type': type }).end(reply.raw);
    } else if (reply.body === undefined) response.writeHead(reply.status).end();
    else sendJson(response, reply.status, reply.body);
  }

  async #answer(call: {
    readonly request: IncomingMessage;
    readonly url: URL;
    readonly body: Json;
    readonly graphql: GraphqlRequest | undefined;
    readonly operation: Operation | undefined;
    readonly name: string;
  }): Promise<RestReply> {
    const { request, url, body, graphql, operation } = call;
    const value = /^(?:token|bearer) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = this.#tokens.get(value);
    if (token === undefined || token.isExpired) return refusal(401, 'Bad credentials');
    if (graphql !== undefined) {
      this.#violations.push(...graphql.faults);
      const findRepository = (owner: string, repo: string): HostedRepository | undefined =>
        this.#find(owner, repo);
      const result = await graphql.run({
        token,
        findRepository,
        repositories: this.repositories,
        facts: this.facts,
      });
      return { status: 200, body: JSON.parse(JSON.stringify(result)) };
    }
    if (operation === undefined) {
      this.#violations.push(`${call.name} is not an operation of the stand-in.`);
      return refusal(404, 'Not Found');
    }
    this.#violations.push(...findRequestFaults(operation, url.searchParams, body));
    const { owner = '', repo = '' } = operation.parameters;
    const repository = this.#find(owner, repo);
    if (repository === undefined) return refusal(404, 'Not Found');
    const accept = request.headers.accept ?? '';
    const fields =
      typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {};
    const reply = await answerRest({
      operation,
      repository,
      token,
      query: url.searchParams,
      body: fields,
      accept,
    });
    if (reply.raw === undefined) {
      const sent: Json = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
      this.#violations.push(...findReplyFaults(operation, reply.status, sent));
    }
    return reply;
  }

  #find(owner: string, name: string): HostedRepository | undefined {
    return this.repositories.find((repository) => repository.fullName === `${owner}/${name}`);
  }

  #takeIncident(operation: string): Incident | undefined {
    let found: Incident | undefined;
    for (const incident of this.#incidents.filter((each) => each.operation === operation)) {
      incident.seen += 1;
      const first = incident.nth ?? 1;
      if (incident.seen >= first && incident.seen < first + (incident.times ?? 1)) found ??= incident;
    }
    return found;
  }
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
