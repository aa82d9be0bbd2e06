// Facts about reading over GraphQL: branches, commits and files.
import type { Fact } from './fact.ts';

export const GRAPHQL_FACTS = {
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
  'cut text': {
    what: 'GraphQL `Blob.text` of more than 512 000 bytes',
    written: 'cut, with `isTruncated: true`',
    otherwise: 'whole',
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
} as const satisfies Readonly<Record<string, Fact>>;
