// Trying one fact: how, what came of it, and the list of all.
import { FACTS, type FactName } from '../../test/github-api/facts.ts';
import { describeError } from '../../src/text/errors.ts';
import { describeReply, listErrors, type Reply } from './caller.ts';
import type { Ground } from './ground.ts';

/** What the token may do: write contents and pull requests, or only read contents. */
export type Access = 'write' | 'read';

/** What was seen, and whether it is as the fact is written. */
export interface Sight {
  readonly holds: boolean;
  readonly seen: string;
}

/** How a fact is tried. */
export interface Trial {
  /** The token that it takes. */
  readonly needs: Access;
  /** Nobody knows for sure: either answer is fine. */
  readonly isOpen?: true;
  readonly look: (ground: Ground) => Promise<Sight>;
}

/** The trials of some facts, or why there is none, in the order in which they are made. */
export type Trials<Name extends FactName> = Readonly<Record<Name, Trial | string>>;

/** A fact after its trial. */
export interface Row {
  readonly name: FactName;
  readonly verdict: 'as written' | 'otherwise' | 'not tried';
  readonly isOpen: boolean;
  readonly seen: string;
}

/** What a fact needs is not there, which says nothing of the fact. */
export class Untried extends Error {
  override readonly name = 'Untried';
}

/** Makes the trials that the token allows. The rows come in the order of the facts. */
export async function tryFacts(
  ground: Ground,
  access: Access,
  trials: Trials<FactName>,
  report: (row: Row) => void,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for (const name of Object.keys(trials).filter(isFact)) {
    const row = await tryFact(ground, access, name, trials[name]);
    rows.set(name, row);
    report(row);
  }
  return Object.keys(FACTS).flatMap((name) => rows.get(name) ?? []);
}

function isFact(name: string): name is FactName {
  return Object.hasOwn(FACTS, name);
}

async function tryFact(ground: Ground, access: Access, name: FactName, trial: Trial | string): Promise<Row> {
  if (typeof trial === 'string') return { name, verdict: 'not tried', isOpen: false, seen: trial };
  const isOpen = trial.isOpen === true;
  if (trial.needs !== access) {
    const seen = `takes a token that may ${trial.needs === 'write' ? 'write' : 'only read'}, as another job has`;
    return { name, verdict: 'not tried', isOpen, seen };
  }
  try {
    const { holds, seen } = await trial.look(ground);
    return { name, verdict: holds ? 'as written' : 'otherwise', isOpen, seen };
  } catch (error) {
    ground.caller.throwIfEnded();
    if (error instanceof Untried) return { name, verdict: 'not tried', isOpen, seen: error.message };
    return { name, verdict: 'otherwise', isOpen: false, seen: `the trial ended: ${describeError(error)}` };
  }
}

/** Whether replies are errors of these types, one each. */
export function haveTypes(replies: readonly Reply[], type: string | undefined): boolean {
  return replies.every((reply) => {
    const [error, ...more] = listErrors(reply);
    return more.length === 0 && error !== undefined && findType(error) === type;
  });
}

function findType(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
}

/** Several replies in a few words, those alike once. */
export function describeReplies(replies: readonly Reply[]): string {
  return [...new Set(replies.map(describeReply))].join('; ');
}
