// A workflow as data, and its expressions evaluated by GitHub's own library.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { parse } from 'yaml';

export type Scalar = string | number | boolean;

/** The parts of a step that the tests run. */
export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, Scalar>>;
  readonly env?: Readonly<Record<string, Scalar>>;
}

export type PermissionsBlock = Readonly<Record<string, string>>;

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: PermissionsBlock;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, readonly Scalar[]>> };
  readonly env?: Readonly<Record<string, Scalar>>;
  readonly 'runs-on'?: string | readonly string[];
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly permissions?: PermissionsBlock;
  readonly concurrency?: Readonly<Record<string, Scalar>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Absolute path of the repository. */
export const repositoryRoot = resolve(import.meta.dirname, '../..');

interface WorkflowFile {
  readonly text: string;
  readonly workflow: Workflow;
}

const readBefore = new Map<string, WorkflowFile>();

/** Reads a workflow by its path in the repository, once. */
export function readWorkflow(path: string): WorkflowFile {
  const known = readBefore.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(repositoryRoot, path), 'utf8');
  const file = { text, workflow: parse(text) };
  readBefore.set(path, file);
  return file;
}

/** Every combination of a job's matrix; one empty combination when it has none. */
export function expandMatrix({ strategy }: Job): readonly Readonly<Record<string, Scalar>>[] {
  let combinations: Record<string, Scalar>[] = [{}];
  for (const [name, values] of Object.entries(strategy?.matrix ?? {})) {
    combinations = combinations.flatMap((combination) =>
      values.map((value) => ({ ...combination, [name]: value })),
    );
  }
  return combinations;
}

/** The values of `github`, `secrets`, `steps` and so on. */
export type Contexts = Readonly<Record<string, unknown>>;

/** A value of the workflow with its `${{ … }}` replaced. */
export function fillIn(value: Scalar, contexts: Contexts): string {
  return String(value).replace(/\$\{\{(.+?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, contexts).coerceString(),
  );
}

/** Whether the `if` of a step or a job holds; one without needs the success of those before it. */
export function holds(condition: string | undefined, contexts: Contexts, isSuccess: boolean): boolean {
  const plain = (condition ?? 'success()').replace(/^\s*\$\{\{(.+)\}\}\s*$/s, '$1');
  const statement = /\b(always|success|failure|cancelled)\(/.test(plain) ? plain : `success() && (${plain})`;
  const status = { always: true, cancelled: false, success: isSuccess, failure: !isSuccess };
  const value = evaluate(statement, contexts, status);
  return value.coerceString() !== 'false' && value.coerceString() !== '';
}

function evaluate(
  expression: string,
  contexts: Contexts,
  status: Readonly<Record<string, boolean>> = {},
): data.ExpressionData {
  const functions = Object.entries(status).map(
    ([name, value]): FunctionDefinition => ({
      name,
      minArgs: 0,
      maxArgs: 0,
      call: () => new data.BooleanData(value),
    }),
  );
  const parsed = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  const values: data.ExpressionData = JSON.parse(JSON.stringify(contexts), data.reviver);
  if (!(values instanceof data.Dictionary)) throw new TypeError('contexts are an object');
  return new Evaluator(parsed, values, new Map(functions.map((info) => [info.name, info]))).evaluate();
}
