// Facts about writing to branches.
import type { Fact } from './fact.ts';

export const WRITING_FACTS = {
  'stale head': {
    what: '`createCommitOnBranch` on a branch that is not at `expectedHeadOid`',
    written: 'an error `STALE_DATA`',
    otherwise: 'an error `UNPROCESSABLE`',
  },
  'missing branch': {
    what: '`createCommitOnBranch` on a branch that does not exist',
    written: 'an error `NOT_FOUND`, "Branch not found"',
    otherwise: 'an error `STALE_DATA`',
  },
  ruleset: {
    what: '`createCommitOnBranch` refused by a ruleset',
    written:
      'an error `FORBIDDEN`: "Repository rule violations found", a blank line, and the rules in several lines',
    otherwise: 'an error `UNPROCESSABLE`',
  },
  'classic protection': {
    what: '`createCommitOnBranch` refused by classic branch protection',
    written: 'an error `BRANCH_PROTECTION_RULE_VIOLATION`',
    otherwise: 'an error `FORBIDDEN`',
  },
  'request size': {
    what: 'a GraphQL request of 40 MiB or more',
    written: 'fails',
    otherwise: 'is answered',
  },
  'commit author': {
    what: 'the author of a commit that `createCommitOnBranch` makes for GITHUB_TOKEN or an App',
    written: '`github-actions[bot]`, or the App; signed by GitHub',
    otherwise: '`GitHub`, without a signature',
  },
  'wrong beforeOid': {
    what: '`updateRefs` with a `beforeOid` that is not the ref’s',
    written:
      'no data and one error without type, "Something went wrong while executing your query on …"; the refs stay, also with `force: true`',
    otherwise: 'an error `STALE_DATA`',
  },
  'several moves': {
    what: '`updateRefs` with several moves, one of which fails',
    written: 'nothing is moved',
    otherwise: 'those before it are moved',
  },
  'plain deletion': {
    what: '`updateRefs` with an `afterOid` of forty zeros and `force: false`',
    written: 'refused; with `force: true` the branch is deleted',
    otherwise: 'the branch is deleted',
  },
  'fast forward': {
    what: '`updateRefs` with a move that is no fast forward and `force: false`',
    written: 'refused',
    otherwise: 'moved',
  },
  'no preview': {
    what: '`updateRefs` without a preview header',
    written: 'answered',
    otherwise: "refused: Field 'updateRefs' doesn't exist",
  },
  'existing ref': {
    what: 'REST `POST /git/refs` of a branch that exists',
    written: '422 "Reference already exists"',
    otherwise: '422 "Reference update failed"',
  },
  'ref in the way': {
    what: 'REST `POST /git/refs` with a ref in the way: `a` exists and `a/b` is wanted, or the reverse',
    written: '422 "Reference update failed"',
    otherwise: '422 "Reference already exists"',
  },
  'restricted creation': {
    what: 'REST `POST /git/refs` that a ruleset does not allow',
    written: '422 "Reference update failed"',
    otherwise: '422 "Repository rule violations found"',
  },
  'unknown object': {
    what: 'REST `POST /git/refs` at a commit that does not exist',
    written: '422 "Object does not exist"',
    otherwise: '422 "Reference update failed"',
  },
  'deleted ref': {
    what: 'REST `DELETE /git/refs/{ref}` of a branch that does not exist',
    written: '422 "Reference does not exist"',
    otherwise: '404',
  },
} as const satisfies Readonly<Record<string, Fact>>;
