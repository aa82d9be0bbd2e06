// What a REST handler gets and gives.
import { buildReply, type Json, type JsonObject, type Operation } from './openapi.ts';
import type { HostedRepository } from './repository.ts';
import type { Token } from './token.ts';

export interface RestCall {
  readonly operation: Operation;
  readonly repository: HostedRepository;
  readonly token: Token;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly accept: string;
}

/** A reply; `raw` bytes take the place of the JSON body. */
export interface RestReply {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: Buffer;
}

/** A refusal in GitHub's form. */
export function refusal(status: number, message: string, errors?: readonly JsonObject[]): RestReply {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, body: errors === undefined ? body : { ...body, errors } };
}

/** A refusal of values: GitHub's "Validation Failed" with what is wrong. */
export function invalid(error: JsonObject): RestReply {
  return refusal(422, 'Validation Failed', [error]);
}

/** GitHub's example of a reply with the call's own values in it. */
export function reply(call: RestCall, status: number, values: JsonObject): RestReply {
  return { status, body: buildReply(call.operation, status, values) };
}
