// Facts about reading: branches, commits, files, comparisons.
import type { Fact } from './fact.ts';

export const READING_FACTS = {
  'missing file': {
    what: 'GraphQL `Commit.file(path:)` of a path that is not there, or lies behind a link',
    written: 'null, and beside the data an error `NOT_FOUND`, "Could not resolve file for path \'X\'."',
    otherwise: 'plain null',
  },
  'large file': {
    what: 'GraphQL `Commit.file(path:)` of a file over 10 MB',
    written: 'null, and an error "Could not resolve file over 10mb."',
    otherwise: 'answered like any other',
  },
  'several errors': {
    what: 'several errors in one GraphQL reply',
    written: 'each with its own `type` and `path`; a missing file may come before a `FORBIDDEN`',
    otherwise: 'only the last one',
  },
  'missing object': {
    what: 'GraphQL `ref(qualifiedName:)`, `object(oid:)` and `object(expression: "oid:path")` of what is not there',
    written: 'plain null, no error',
    otherwise: 'null and an error `NOT_FOUND`',
  },
  'unused variable': {
    what: 'a variable that a GraphQL document declares and does not use',
    written: 'refused with the code `variableNotUsed`, without data',
    otherwise: 'ignored',
  },
  'entry mode': {
    what: 'GraphQL `TreeEntry.size` and `TreeEntry.mode`',
    written: 'numbers; the mode is the value of the octal one: 40960 for a link',
    otherwise: 'the octal digits as a number: 120000',
  },
  'page size': {
    what: 'GraphQL lists with `first` over 100',
    written: 'refused as `EXCESSIVE_PAGINATION`',
    otherwise: 'answered',
  },
  'ref names': {
    what: 'the `name` of GraphQL `refs(refPrefix: "refs/heads/a/")`',
    written: 'what follows the prefix that was asked for',
    otherwise: 'what follows `refs/heads/`',
  },
  'missing ref': {
    what: 'REST `GET /git/ref/heads/{branch}` and `GET /contents/{path}?ref=` of what is not there',
    written: '404',
    otherwise: '403',
  },
  'matching refs': {
    what: 'REST `GET /git/matching-refs/{ref}`',
    written: 'all whose names begin so, an empty list when there are none',
    otherwise: '404 when there are none',
  },
  'raw content': {
    what: 'REST `GET /contents/{path}` with the raw media type',
    written: 'the bytes, up to 100 MB',
    otherwise: '403 over 1 MB',
  },
  'raw blob': {
    what: 'REST `GET /git/blobs/{sha}` with the raw media type',
    written: 'the bytes',
    otherwise: 'JSON with the bytes in base64',
  },
  'cut tree': {
    what: 'REST `GET /git/trees/{sha}?recursive=1` of more than 100 000 entries or 7 MB',
    written: 'cut, with `truncated: true`',
    otherwise: 'whole',
  },
  'compared files': {
    what: 'the files of REST `GET /compare/{a}...{b}`',
    written: 'at most 300, all on the first page, each with its `status`; a rename with `previous_filename`',
    otherwise: 'all, on every page',
  },
  'no common ancestor': {
    what: 'REST `GET /compare/{a}...{b}` without common history',
    written: '404 "No common ancestor between A and B."',
    otherwise: '404 "Not Found"',
  },
  'unknown commit': {
    what: 'REST `GET /compare/{a}...{b}` of a commit that GitHub does not know',
    written: '404 "Not Found"',
    otherwise: '500',
  },
  'branch rules': {
    what: 'REST `GET /rules/branches/{branch}`',
    written:
      'the active rules of rulesets, also those that the token may pass by; nothing of classic protection',
    otherwise: 'only the rules that hold for the token',
  },
  'protected branch': {
    what: '`protected` of REST `GET /branches/{branch}`',
    written: 'true under classic protection and under a ruleset',
    otherwise: 'always false',
  },
  'late reads': {
    what: 'reads after a write',
    written: 'may still give what was there before it, for some seconds',
    otherwise: 'give what was written',
  },
  'public repository': {
    what: 'reading a public repository without the permission',
    written: 'allowed',
    otherwise: 'refused as for a private one',
  },
  'hidden repository': {
    what: 'anything of a private repository that the token does not see',
    written:
      'REST: 404 "Not Found"; GraphQL: `NOT_FOUND`, "Could not resolve to a Repository with the name …"',
    otherwise: 'REST: 403; GraphQL: `FORBIDDEN`',
  },
  'expired token': {
    what: 'any request with a token that has expired or does not exist',
    written: '401 "Bad credentials"',
    otherwise: '403 "Forbidden"',
  },
} as const satisfies Readonly<Record<string, Fact>>;
