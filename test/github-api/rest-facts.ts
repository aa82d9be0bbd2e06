// Facts about reading over REST: refs, files, comparisons, rules.
import type { Fact } from './fact.ts';

export const REST_FACTS = {
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
  blob: {
    what: 'REST `GET /git/blobs/{sha}`',
    written: 'JSON with the bytes in base64, up to 100 MB',
    otherwise: 'the bytes',
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
} as const satisfies Readonly<Record<string, Fact>>;
