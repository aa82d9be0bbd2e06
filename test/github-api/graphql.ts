// The GraphQL half: GitHub's published schema, executed over a hosted repository.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  NoUnusedVariablesRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type GraphqlContext, Trouble } from './graphql-call.ts';
import { readRepository } from './graphql-read.ts';
import {
  addComment,
  type CreateCommitInput,
  createCommit,
  type UpdateRefsInput,
  updateComment,
  updateRefs,
} from './graphql-write.ts';

/** A request after parsing: the operation's name as tests and faults refer to it, and what the schema objects to. */
export interface GraphqlRequest {
  /** The mutation's field, or the query's name. */
  readonly operation: string;
  readonly faults: readonly string[];
  run(context: GraphqlContext): Promise<JsonReply>;
}

export interface JsonReply {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly object[];
}

const schema: GraphQLSchema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'), {
  assumeValid: true,
});
/** GitHub answers unused variables itself; the others are the caller's mistakes, told at the end. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule);

interface Parsed extends Pick<GraphqlRequest, 'operation' | 'faults'> {
  readonly document: DocumentNode;
  /** GitHub's refusals of variables that are declared and not used. */
  readonly unused: readonly object[];
}

/** Queries by their text, each parsed and validated once. */
const parsed = new Map<string, Parsed>();

/** Parses and validates a request body. */
export function readGraphqlRequest(body: unknown): GraphqlRequest {
  const { query, variables } = body as { query: string; variables?: Record<string, unknown> };
  const request = parsed.get(query) ?? parseQuery(query);
  parsed.set(query, request);
  const { operation, faults, document, unused } = request;
  return {
    operation,
    faults,
    run: async (context) => {
      if (unused.length > 0 && context.facts.holds('unused variable')) return { errors: unused };
      const result = await execute({
        schema,
        document,
        rootValue: buildRoot(context),
        variableValues: variables ?? {},
      });
      return showResult(result, context);
    },
  };
}

function parseQuery(query: string): Parsed {
  const document = parse(query);
  const definition = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const field = definition?.selectionSet.selections[0];
  const mutation =
    definition?.operation === 'mutation' && field?.kind === Kind.FIELD ? field.name.value : undefined;
  const operation = mutation ?? definition?.name?.value ?? 'unnamed query';
  const faults = validate(schema, document, RULES).map((error) => `${operation}: ${error.message}`);
  const unused = definition === undefined ? [] : findUnusedVariables(document, definition);
  return { operation, faults, document, unused };
}

function buildRoot(context: GraphqlContext): object {
  return {
    viewer: () => ({ login: context.token.login }),
    repository: ({ owner, name }: { owner: string; name: string }) => readRepository(context, owner, name),
    createCommitOnBranch: (args: { input: CreateCommitInput }) => createCommit(context, args.input),
    updateRefs: (args: { input: UpdateRefsInput }) => updateRefs(context, args.input),
    addComment: (args: { input: { subjectId: string; body: string } }) => addComment(context, args.input),
    updateIssueComment: (args: { input: { id: string; body: string } }) => updateComment(context, args.input),
  };
}

function showResult({ data, errors }: ExecutionResult, { facts }: GraphqlContext): JsonReply {
  if (errors === undefined) return { data: data ?? null };
  const trouble = errors.find(({ originalError }) => originalError instanceof Trouble);
  if (trouble !== undefined) return { data: null, errors: [{ message: trouble.message }] };
  const byPlace = errors.toSorted((a, b) => (a.positions?.[0] ?? 0) - (b.positions?.[0] ?? 0));
  const shown = byPlace.map((error) => ({
    ...(typeof error.extensions.type === 'string' ? { type: error.extensions.type } : {}),
    ...error.toJSON(),
    extensions: undefined,
  }));
  return { data: data ?? null, errors: facts.holds('several errors') ? shown : shown.slice(-1) };
}

/** GitHub's refusals of variables that are declared and not used. */
function findUnusedVariables(
  document: DocumentNode,
  { operation, name }: OperationDefinitionNode,
): readonly object[] {
  const title = name?.value ?? `anonymous ${operation}`;
  const path = name === undefined ? operation : `${operation} ${name.value}`;
  return validate(schema, document, [NoUnusedVariablesRule]).map(({ nodes, locations }) => {
    const [node] = nodes ?? [];
    const variableName = node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : '';
    return {
      path: [path],
      extensions: { code: 'variableNotUsed', variableName },
      locations,
      message: `Variable $${variableName} is declared by ${title} but not used`,
    };
  });
}
