// The calls that create and update templates, and the templates that came of them.
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Account, findAccount, findHeadRefusals, type RequestHead, refuseParameter } from './checks.ts';
import type { Answer, Refusal } from './codes.ts';
import {
  findTemplateRefusals,
  type IssuedId,
  type JsonObject,
  type KnownTemplate,
  parseTemplateBody,
  findText,
} from './template-checks.ts';

/** One call as received. */
export type TemplateCall = {
  readonly action: string;
  readonly headers: IncomingMessage['headers'];
  /** Undefined when it was no JSON object. */
  readonly body: JsonObject | undefined;
  /** Every mistake found, the answer names the first. */
  readonly mistakes: readonly string[];
  /** The template's ID; undefined when the call was refused. */
  readonly id: string | undefined;
  readonly answer: Answer;
};

/** What the desk asks and tells the service. */
export type DeskSetting = {
  readonly accounts: readonly Account[];
  readonly toleranceMs: number;
  readonly now: () => number;
  /** The reply to an accepted call, and to a refused one. */
  readonly succeed: (data: unknown) => Answer;
  readonly refuse: (refusal: Refusal) => Answer;
};

/** Where templates are created and updated. */
export type TemplateDesk = {
  /** Remembers a file ID that was given out. */
  noteId(id: string, issued: IssuedId): void;
  /** Forgets the templates; IDs that were given out stay. */
  forget(): void;
  /** Reads a call to its end and judges it; rejects when the client leaves. */
  deal(request: IncomingMessage): Promise<TemplateCall>;
};

type Received = {
  readonly text: string;
  readonly body: JsonObject | undefined;
  /** The header Content-Type. */
  readonly type: string;
};

const actions: ReadonlyMap<string, string> = new Map(
  ['createTemplate', 'updateTemplate'].map((action) => [`/api/wa/${action}`, action]),
);

/** Whether a request is for the desk. */
export function isTemplateCall({ url = '' }: IncomingMessage): boolean {
  return actions.has(url);
}

/** Opens a desk that knows no template yet. */
export function openTemplateDesk({ accounts, toleranceMs, now, succeed, refuse }: DeskSetting): TemplateDesk {
  const issuedIds = new Map<string, IssuedId>();
  const templates = new Map<string, KnownTemplate>();

  function judge(head: RequestHead, { text, body, type }: Received, action: string): Refusal[] {
    const knowledge = { account: findAccount(head, accounts), issuedIds, templates, now: now() };
    const isJson = /^application\/json(?:;|$)/i.test(type);
    return [
      ...findHeadRefusals(head, { accounts, now: now(), toleranceMs, action, signedBody: text }),
      // S: nothing else is read.
      ...(isJson ? [] : [refuseParameter('the content type is not application/json')]),
      ...(body === undefined
        ? [refuseParameter('the body is no JSON object')]
        : findTemplateRefusals(action, body, knowledge)),
    ];
  }

  /** Keeps what was accepted. @returns the template's ID */
  function keep(head: RequestHead, body: JsonObject): string {
    const id = findText(body, 'template_id') || String(900_000_000_000_001 + templates.size);
    const known = templates.get(id);
    templates.set(id, {
      accessKey: findAccount(head, accounts)?.accessKey ?? '',
      phone: findText(body, 'business_phone'),
      name: findText(body, 'name'),
      language: findText(body, 'language'),
      edits: known === undefined ? [] : [...known.edits, now()],
    });
    return id;
  }

  return {
    noteId: (id, issued) => issuedIds.set(id, issued),
    forget: () => templates.clear(),
    async deal(request) {
      const { method = '', url: path = '', rawHeaders, headers } = request;
      const head = { method, path, rawHeaders };
      const text = (await buffer(request)).toString('utf8');
      const action = actions.get(path) ?? '';
      const body = parseTemplateBody(text);
      const refusals = judge(head, { text, body, type: headers['content-type'] ?? '' }, action);
      const id = body === undefined || refusals.length > 0 ? undefined : keep(head, body);
      return {
        action,
        headers,
        body,
        mistakes: refusals.map(({ code, message }) => `${code} ${message}`),
        id,
        // Nobody tells what an update answers with, so nothing may be relied on.
        answer:
          refusals[0] === undefined
            ? succeed(action === 'createTemplate' ? { id } : null)
            : refuse(refusals[0]),
      };
    },
  };
}
