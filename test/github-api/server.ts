// A stand-in for GitHub's API on loopback: published shapes, a real git repository behind them, and GitHub's refusals.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Facts } from './facts.ts';
import { type FileChanges, GitRepository } from './git-repository.ts';
import { type GraphqlRequest, readGraphqlRequest } from './graphql.ts';
import { buildRefusal, type Incident, Incidents } from './incidents.ts';
import {
  findOperation,
  findReplyFaults,
  findRequestFaults,
  isObject,
  type Json,
  type Operation,
} from './openapi.ts';
import { HostedRepository } from './repository.ts';
import { answerRest, hideRepository } from './rest.ts';
import { type RestReply, refusal } from './rest-call.ts';
import { ACTIONS_LOGIN, type Permissions, type Token } from './token.ts';

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

/** From this size on GitHub takes no GraphQL request. */
const MAX_REQUEST_BYTES = 40 * 1024 * 1024;

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
  /** Bytes from which on GraphQL requests fail. */
  maxRequestBytes = MAX_REQUEST_BYTES;
  readonly #incidents = new Incidents();
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
        send(response, refusal(500, 'Server Error'));
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

  /** Stops and removes everything. Throws when a request or reply broke GitHub's published descriptions, or a repository git's. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(this.repositories.map(({ git }) => git.close()));
    if (this.#violations.length > 0)
      throw new Error(`Against the published API:\n${this.#violations.join('\n')}`);
  }

  /** A repository with a first commit on `main`. */
  async createRepository(
    fullName: string,
    files: FileChanges = { 'README.md': 'A repository.\n' },
  ): Promise<HostedRepository> {
    const [owner = '', name = ''] = fullName.split('/');
    const repository = new HostedRepository(owner, name, new GitRepository(), this.facts);
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
      login: options.login ?? ACTIONS_LOGIN,
      permissions: { ...FULL, ...options.permissions },
      isPersonal: options.isPersonal ?? false,
      isExpired: false,
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** Plans an incident for requests that come after this call. */
  plan(incident: Incident): void {
    this.#incidents.plan(incident);
  }

  /** How often an operation was asked for. */
  count(operation: string): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { call, size } = await this.#read(request);
    const record: RecordedRequest = {
      method: request.method ?? '',
      path: call.url.pathname + call.url.search,
      operation: call.name,
      headers: request.headers,
      body: call.body,
    };
    this.requests.push(record);

    const incident = this.#incidents.take(call.name);
    await incident?.before?.();
    if (incident?.fault === 'hang') return;
    if (incident?.fault === 'cut-before') return void request.socket.destroy();
    const reply = this.#instead(call, incident, size) ?? (await this.#answer(call));
    await incident?.after?.();
    if (incident?.fault === 'cut-after') return void request.socket.destroy();
    if (incident?.fault === 'cut-in-reply') return cutInReply(response, reply);
    record.status = reply.status;
    send(response, reply);
  }

  async #read(request: IncomingMessage): Promise<{ readonly call: Call; readonly size: number }> {
    const url = new URL(request.url ?? '', this.url);
    const bytes = await readBody(request);
    const body: Json = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
    const isGraphql = url.pathname === this.#graphqlPath;
    const graphql = isGraphql ? readGraphqlRequest(body) : undefined;
    const isRest = url.pathname.startsWith(`${this.#restBase}/`);
    const path = isRest ? url.pathname.slice(this.#restBase.length) : '';
    const operation = isGraphql ? undefined : findOperation(request.method ?? '', path);
    const name = graphql?.operation ?? operation?.id ?? `${request.method} ${url.pathname}`;
    return { call: { request, url, body, graphql, operation, name }, size: bytes.length };
  }

  /** What is sent instead of executing a request. */
  #instead(call: Call, incident: Incident | undefined, size: number): RestReply | undefined {
    if (incident?.answer !== undefined) return { ...incident.answer, body: incident.answer.body ?? {} };
    const isGraphql = call.graphql !== undefined;
    if (incident?.refusal !== undefined)
      return buildRefusal(incident.refusal, isGraphql ? call.name : undefined, this.facts);
    const isTooLarge = isGraphql && size >= this.maxRequestBytes && this.facts.holds('request size');
    return isTooLarge ? refusal(413, 'Payload too large') : undefined;
  }

  async #answer({ request, url, body, graphql, operation, name }: Call): Promise<RestReply> {
    const { facts } = this;
    const value = /^(?:token|bearer) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = this.#tokens.get(value);
    if (token === undefined || token.isExpired)
      return facts.holds('expired token') ? refusal(401, 'Bad credentials') : refusal(403, 'Forbidden');
    if (graphql !== undefined) {
      this.#violations.push(...graphql.faults);
      const findRepository = (owner: string, repo: string): HostedRepository | undefined =>
        this.#find(owner, repo);
      const result = await graphql.run({ token, facts, findRepository, repositories: this.repositories });
      return { status: 200, body: JSON.parse(JSON.stringify(result)) };
    }
    if (operation === undefined) {
      this.#violations.push(`${name} is not an operation of the stand-in.`);
      return refusal(404, 'Not Found');
    }
    this.#violations.push(...findRequestFaults(operation, url.searchParams, body));
    const repository = this.#find(operation.parameters.owner ?? '', operation.parameters.repo ?? '');
    if (repository === undefined) return hideRepository(token, facts);
    const accept = request.headers.accept ?? '';
    const fields = isObject(body) ? body : {};
    const query = url.searchParams;
    const reply = await answerRest({ operation, repository, token, query, body: fields, accept });
    if (reply.raw === undefined) {
      const sent: Json = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
      this.#violations.push(...findReplyFaults(operation, reply.status, sent));
    }
    return reply;
  }

  #find(owner: string, name: string): HostedRepository | undefined {
    return this.repositories.find((repository) => repository.fullName === `${owner}/${name}`);
  }
}

/** A request as it was read. */
interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Json;
  readonly graphql: GraphqlRequest | undefined;
  readonly operation: Operation | undefined;
  readonly name: string;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body, raw }: RestReply): void {
  const type = `application/${raw === undefined ? 'json' : 'vnd.github.raw+json'}; charset=utf-8`;
  if (raw === undefined && body === undefined) return void response.writeHead(status, headers).end();
  response.writeHead(status, { 'content-type': type, ...headers }).end(raw ?? JSON.stringify(body));
}

function cutInReply(response: ServerResponse, { status, body, raw }: RestReply): void {
  const bytes = raw ?? Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
}
