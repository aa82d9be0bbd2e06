// Calls the stand-in without the product: what its own tests are written with.
import type { HostedRepository } from './repository.ts';
import { type GitHubApi, startGitHubApi } from './server.ts';
import type { Token } from './token.ts';

/** A reply of the stand-in. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** The value at a dotted path of a reply; null only where it says so. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}

/** Who calls the stand-in as it stands, for one repository. */
export class Caller {
  readonly api: GitHubApi;
  readonly repository: HostedRepository;
  token: Token;

  constructor(api: GitHubApi, repository: HostedRepository) {
    this.api = api;
    this.repository = repository;
    this.token = api.createToken();
  }

  async send(method: string, url: string, body?: object, accept = 'application/json'): Promise<Reply> {
    const headers = { authorization: `token ${this.token.value}`, accept };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(url, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const { status, headers: received } = response;
    return { status, body: isJson ? JSON.parse(text) : text, headers: received };
  }

  async rest(method: string, path: string, body?: object, accept?: string): Promise<Reply> {
    return await this.send(method, `${this.api.url}/repos/octo/assets/${path}`, body, accept);
  }

  async graphql(query: string, variables: object = {}): Promise<Reply> {
    return await this.send('POST', `${this.api.url.replace(/\/v3$/, '')}/graphql`, { query, variables });
  }

  /** Runs a query on the repository. */
  async query(fields: string): Promise<unknown> {
    const { body } = await this.graphql(
      `query Test { repository(owner: "octo", name: "assets") { ${fields} } }`,
    );
    return at(body, 'errors') === undefined ? at(body, 'data.repository') : body;
  }

  async commit(branch: string, expectedHeadOid: string | undefined, path = 'm.json'): Promise<unknown> {
    const input = {
      branch: { repositoryNameWithOwner: 'octo/assets', branchName: branch },
      expectedHeadOid,
      message: { headline: 'commit', body: 'body' },
      fileChanges: { additions: [{ path, contents: Buffer.from(`${Math.random()}`).toString('base64') }] },
    };
    return (await this.graphql(COMMIT, { input })).body;
  }

  async updateRefs(updates: readonly object[]): Promise<unknown> {
    const input = { repositoryId: this.repository.id, refUpdates: updates };
    return (await this.graphql(UPDATE_REFS, { input })).body;
  }

  async openPull(head: string): Promise<Reply> {
    return await this.rest('POST', 'pulls', { title: 't', head, base: 'main', body: 'b' });
  }
}

const COMMIT =
  'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }';
const UPDATE_REFS = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';

/** What a query of the repository gives: its data, and type, path and message of each error. */
export async function ask(
  caller: Caller,
  fields: string,
): Promise<{ readonly data: unknown; readonly errors: readonly (readonly unknown[])[] }> {
  const query = `query Test { repository(owner: "octo", name: "assets") { ${fields} } }`;
  const { body } = await caller.graphql(query);
  const errors = at(body, 'errors');
  return {
    data: at(body, 'data.repository'),
    errors: (Array.isArray(errors) ? errors : []).map((error) =>
      ['type', 'path', 'message'].map((key) => at(error, key)),
    ),
  };
}

/** Type and message of the first error of a GraphQL reply, without what differs each time. */
export function describeError(body: unknown): readonly [unknown, string | undefined] {
  const message = at(body, 'errors.0.message');
  const words = message === undefined ? undefined : String(message).replace(/\d{4}-\S+Z|`[\w:]+`/g, '…');
  return [at(body, 'errors.0.type'), words];
}

/** Status and message of a REST reply, and code and message of its first error where it has one. */
export function describeReply({ status, body }: Reply): readonly unknown[] {
  const details = ['code', 'message'].map((key) => at(body, `errors.0.${key}`));
  return [status, at(body, 'message'), ...details.filter((text) => text !== undefined)];
}

/** Opens a pull request of a branch with a commit of its own, and gives the reply. */
export async function propose(caller: Caller): Promise<Reply> {
  await caller.repository.setBranch('x', 'main');
  await caller.repository.push('x', { 'a.txt': 'x' });
  return await caller.openPull('x');
}

/** A test in a stand-in of its own with one repository. */
export function check(
  body: (caller: Caller) => Promise<void>,
  options: { enterprise?: boolean } = {},
): () => Promise<void> {
  return async () => {
    const api = await startGitHubApi(options);
    try {
      await body(
        new Caller(api, await api.createRepository('octo/assets', { 'a.txt': 'a', 'f/b.txt': 'b' })),
      );
    } finally {
      await api.close();
    }
  };
}
