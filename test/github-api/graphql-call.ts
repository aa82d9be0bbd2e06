// What a GraphQL resolver gets, and GitHub's forms of a refusal.
import { GraphQLError } from 'graphql';
import type { Facts } from './facts.ts';
import type { HostedRepository } from './repository.ts';
import { type Token, wordPermission } from './token.ts';

/** What a resolver may use. */
export interface GraphqlContext {
  readonly token: Token;
  readonly facts: Facts;
  findRepository(owner: string, name: string): HostedRepository | undefined;
  readonly repositories: readonly HostedRepository[];
}

/** Ends a field with an error of GitHub's. */
export function refuse(type: string | undefined, message: string): never {
  throw new GraphQLError(message, type === undefined ? {} : { extensions: { type } });
}

/** Ends a field unless one of these grants is true. */
export function needPermission(context: GraphqlContext, ...grants: readonly boolean[]): void {
  if (grants.includes(true)) return;
  refuse(
    context.facts.holds('write without permission') ? 'FORBIDDEN' : 'NOT_FOUND',
    wordPermission(context.token),
  );
}

/** What GitHub says, instead of everything else, when it has no words for what went wrong. */
export class Trouble extends Error {
  constructor() {
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    super(
      `Something went wrong while executing your query on ${now}. Please include \`8C40:2BD1A6:3F6A21:71C1B4:6A2F5E10\` when reporting this issue.`,
    );
  }
}

/** Lists and how much of them is asked for. */
export interface Page {
  readonly first?: number;
  readonly after?: string | null;
}

const MAX_PAGE = 100;

/** A connection as GitHub pages it. */
export function paginate<T>(
  facts: Facts,
  items: readonly T[],
  { first, after }: Page,
  show: (item: T) => unknown,
): object {
  if (first === undefined)
    refuse(undefined, 'You must provide a `first` or `last` value to properly paginate.');
  if (first > MAX_PAGE && facts.holds('page size')) {
    refuse(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records exceeds the \`first\` limit of ${MAX_PAGE} records.`,
    );
  }
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
  const end = start + first;
  return {
    totalCount: items.length,
    nodes: items.slice(start, end).map(show),
    pageInfo: {
      hasNextPage: end < items.length,
      endCursor:
        items.length === 0 ? null : Buffer.from(String(Math.min(end, items.length))).toString('base64'),
    },
  };
}
