// The REST half: which operations there are, and what a token needs for them.
import type { Facts } from './facts.ts';
import { type RestCall, type RestReply, refusal } from './rest-call.ts';
import { createComment, listComments, updateComment } from './rest-comments.ts';
import { compare, getCommit } from './rest-compare.ts';
import { createBlob, createCommit, createTree, getBlob, getContent, getTree } from './rest-objects.ts';
import { createPullRequest, getPullRequest, updatePullRequest } from './rest-pulls.ts';
import { createRef, deleteRef, getBranch, getBranchRules, getRef, listMatchingRefs } from './rest-refs.ts';
import { type Access, type Permissions, type Token, wordPermission } from './token.ts';

interface Route {
  /** One of them is enough; none is needed to see what goes with the repository itself. */
  readonly permissions: readonly (keyof Permissions)[];
  readonly access: Access;
  readonly handle: (call: RestCall) => RestReply | Promise<RestReply>;
}

const READ_CONTENTS = { permissions: ['contents'], access: 'read' } as const;
const WRITE_CONTENTS = { permissions: ['contents'], access: 'write' } as const;
const WRITE_PULLS = { permissions: ['pullRequests'], access: 'write' } as const;
const WRITE_COMMENTS = { permissions: ['issues', 'pullRequests'], access: 'write' } as const;

const ROUTES: Readonly<Record<string, Route>> = {
  'git/create-blob': { ...WRITE_CONTENTS, handle: createBlob },
  'git/create-commit': { ...WRITE_CONTENTS, handle: createCommit },
  'git/create-ref': { ...WRITE_CONTENTS, handle: createRef },
  'git/create-tree': { ...WRITE_CONTENTS, handle: createTree },
  'git/delete-ref': { ...WRITE_CONTENTS, handle: deleteRef },
  'git/get-blob': { ...READ_CONTENTS, handle: getBlob },
  'git/get-ref': { ...READ_CONTENTS, handle: getRef },
  'git/get-tree': { ...READ_CONTENTS, handle: getTree },
  'git/list-matching-refs': { ...READ_CONTENTS, handle: listMatchingRefs },
  'issues/create-comment': { ...WRITE_COMMENTS, handle: createComment },
  'issues/list-comments': { ...WRITE_COMMENTS, access: 'read', handle: listComments },
  'issues/update-comment': { ...WRITE_COMMENTS, handle: updateComment },
  'pulls/create': { ...WRITE_PULLS, handle: createPullRequest },
  'pulls/get': { ...WRITE_PULLS, access: 'read', handle: getPullRequest },
  'pulls/update': { ...WRITE_PULLS, handle: updatePullRequest },
  'repos/compare-commits-with-basehead': { ...READ_CONTENTS, handle: compare },
  'repos/get-branch': { ...READ_CONTENTS, handle: getBranch },
  'repos/get-branch-rules': { permissions: [], access: 'read', handle: getBranchRules },
  'repos/get-commit': { ...READ_CONTENTS, handle: getCommit },
  'repos/get-content': { ...READ_CONTENTS, handle: getContent },
};

/** Answers a call, permissions first. */
export async function answerRest(call: RestCall): Promise<RestReply> {
  const route = ROUTES[call.operation.id];
  if (route === undefined) return refusal(404, 'Not Found');
  return refuseWithoutPermission(call, route) ?? (await route.handle(call));
}

/** The answer about a repository that the token does not see, or that does not exist. */
export function hideRepository(token: Token, facts: Facts): RestReply {
  return facts.holds('hidden repository') ? refusal(404, 'Not Found') : refusal(403, wordPermission(token));
}

function refuseWithoutPermission(
  { token, repository }: RestCall,
  { permissions, access }: Route,
): RestReply | undefined {
  const { facts } = repository;
  if (!repository.isShownTo(token)) return hideRepository(token, facts);
  if (permissions.length === 0 || (access === 'read' && repository.isOpen)) return undefined;
  const isAlone = facts.holds('comment permission');
  const granted = permissions
    .filter((_, index) => index === 0 || isAlone)
    .map((name) => token.permissions[name]);
  if (granted.includes('write') || granted.includes(access)) return undefined;
  const isUnknown = access === 'write' && permissions.includes('contents') && token.isPersonal;
  return isUnknown && facts.holds('blob without permission')
    ? refusal(404, 'Not Found')
    : refusal(403, wordPermission(token));
}
