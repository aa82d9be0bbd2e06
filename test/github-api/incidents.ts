// What happens around some requests of an operation: other people's acts, GitHub's limits, lost connections.
import type { Facts } from './facts.ts';
import type { Json } from './openapi.ts';
import { invalid, type RestReply, refusal } from './rest-call.ts';

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
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Json;
  };
  /** GitHub's own answer instead of executing it. */
  readonly refusal?: RefusalName;
  /** The connection is cut before or after executing it, or the request is left without an answer. */
  readonly fault?: 'cut-before' | 'cut-after' | 'cut-in-reply' | 'hang';
}

/** Refusals that do not come from what the repository holds. */
export type RefusalName = 'too quickly' | 'secondary limit' | 'rate limit' | 'suspended App' | 'allow list';

/** The incidents that tests have planned. */
export class Incidents {
  readonly #planned: { readonly incident: Incident; seen: number }[] = [];

  plan(incident: Incident): void {
    this.#planned.push({ incident, seen: 0 });
  }

  /** The incident of a request, which counts as seen. */
  take(operation: string): Incident | undefined {
    let found: Incident | undefined;
    for (const planned of this.#planned.filter(({ incident }) => incident.operation === operation)) {
      planned.seen += 1;
      const { nth = 1, times = 1 } = planned.incident;
      if (planned.seen >= nth && planned.seen < nth + times) found ??= planned.incident;
    }
    return found;
  }
}

const SECONDARY_LIMIT =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

/** GitHub's answer for a refusal; `field` is the mutation's or query's when it is one of GraphQL. */
export function buildRefusal(name: RefusalName, field: string | undefined, facts: Facts): RestReply {
  const holds = facts.holds(name);
  switch (name) {
    case 'too quickly':
      if (!holds) return refusal(403, SECONDARY_LIMIT);
      return field === undefined
        ? invalid({ resource: 'PullRequest', code: 'custom', message: 'was submitted too quickly' })
        : graphqlRefusal('UNPROCESSABLE', 'was submitted too quickly', field);
    case 'secondary limit':
      return { ...refusal(holds ? 403 : 429, SECONDARY_LIMIT), headers: { 'retry-after': '60' } };
    case 'rate limit': {
      const reset = String(Math.ceil(Date.now() / 1000) + 60);
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
      const words = 'API rate limit exceeded for installation ID 4711.';
      const reply =
        field === undefined || !holds
          ? refusal(holds ? 403 : 429, words)
          : graphqlRefusal('RATE_LIMITED', words);
      return { ...reply, headers };
    }
    case 'suspended App':
      return holds ? refusal(403, 'This installation has been suspended') : refusal(401, 'Bad credentials');
    case 'allow list':
      if (!holds) return refusal(404, 'Not Found');
      return refusal(
        403,
        'Although you appear to have the correct authorization credentials, the `octo` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
      );
  }
}

function graphqlRefusal(type: string, message: string, field?: string): RestReply {
  const error = { type, message, ...(field === undefined ? {} : { path: [field] }) };
  return { status: 200, body: { data: field === undefined ? null : { [field]: null }, errors: [error] } };
}
