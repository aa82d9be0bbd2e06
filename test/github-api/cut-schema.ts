// Cuts the fields of the stand-in out of GitHub's published GraphQL schema, whose building takes half a second.
import { type DefinitionNode, Kind, parse, print, type TypeNode, visit } from 'graphql';

/** The fields that are answered, by type. All that their arguments need comes along. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Query: ['repository', 'viewer'],
  Mutation: ['createCommitOnBranch', 'updateRefs', 'addComment', 'updateIssueComment'],
  User: ['login'],
  Repository: [
    'id',
    'nameWithOwner',
    'isPrivate',
    'defaultBranchRef',
    'ref',
    'refs',
    'object',
    'pullRequests',
    'pullRequest',
  ],
  Ref: ['id', 'name', 'prefix', 'target'],
  RefConnection: ['nodes', 'pageInfo', 'totalCount'],
  GitObject: ['id', 'oid'],
  Commit: [
    'id',
    'oid',
    'message',
    'author',
    'signature',
    'changedFilesIfAvailable',
    'file',
    'parents',
    'history',
  ],
  CommitConnection: ['nodes', 'pageInfo', 'totalCount'],
  CommitHistoryConnection: ['nodes', 'pageInfo', 'totalCount'],
  GitActor: ['name'],
  GitSignature: ['isValid'],
  UnknownSignature: ['isValid'],
  Tree: ['id', 'oid'],
  TreeEntry: ['name', 'path', 'oid', 'mode', 'type', 'size', 'object'],
  Blob: ['id', 'oid', 'byteSize', 'text', 'isTruncated'],
  PageInfo: ['hasNextPage', 'endCursor'],
  PullRequestConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequest: [
    'id',
    'number',
    'url',
    'state',
    'title',
    'body',
    'headRefName',
    'baseRefName',
    'headRefOid',
    'isCrossRepository',
    'changedFiles',
    'files',
    'comments',
  ],
  PullRequestChangedFileConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequestChangedFile: ['path'],
  IssueCommentConnection: ['nodes', 'pageInfo', 'totalCount'],
  IssueComment: ['id', 'databaseId', 'body', 'url', 'viewerDidAuthor'],
  IssueCommentEdge: ['node'],
  CreateCommitOnBranchPayload: ['commit', 'ref'],
  UpdateRefsPayload: ['clientMutationId'],
  AddCommentPayload: ['clientMutationId', 'commentEdge'],
  UpdateIssueCommentPayload: ['clientMutationId', 'issueComment'],
};

/** The part of a schema that the stand-in answers, as it is published but for prose and directives. */
export function cutSchema(idl: string): string {
  const published = new Map<string, DefinitionNode>();
  for (const definition of parse(idl, { noLocation: true }).definitions) {
    if ('name' in definition && definition.name !== undefined)
      published.set(definition.name.value, definition);
  }
  const kept = new Map<string, DefinitionNode>();
  const open = Object.keys(FIELDS);
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const definition = published.get(name);
    if (definition === undefined || kept.has(name)) continue;
    const cut = cutDefinition(definition, FIELDS[name]);
    kept.set(name, cut);
    open.push(...listTypes(cut));
  }
  const definitions = [...kept.keys()].sort().flatMap((name) => kept.get(name) ?? []);
  return `${print({ kind: Kind.DOCUMENT, definitions })}\n`;
}

function cutDefinition(definition: DefinitionNode, fields: readonly string[] | undefined): DefinitionNode {
  return visit(definition, {
    StringValue: (_node, key) => (key === 'description' ? null : undefined),
    Directive: () => null,
    FieldDefinition: (node) => (fields?.includes(node.name.value) === true ? undefined : null),
    ObjectTypeDefinition: (node) => ({
      ...node,
      interfaces: node.interfaces?.filter(({ name }) => FIELDS[name.value] !== undefined) ?? [],
    }),
    InterfaceTypeDefinition: (node) => ({ ...node, interfaces: [] }),
  });
}

/** Names of the types that a definition speaks of. */
function listTypes(definition: DefinitionNode): readonly string[] {
  const names: string[] = [];
  const add = (type: TypeNode): void => {
    if (type.kind === Kind.NAMED_TYPE) names.push(type.name.value);
    else add(type.type);
  };
  visit(definition, {
    FieldDefinition: (node) => add(node.type),
    InputValueDefinition: (node) => add(node.type),
  });
  return names;
}
