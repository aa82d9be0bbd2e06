// Facts about pull requests and their comments.
import type { Fact } from './fact.ts';

export const PULL_FACTS = {
  'head equals base': {
    what: 'the head of an open pull request becomes equal to its base',
    written: 'the pull request closes by itself',
    otherwise: 'it stays open',
  },
  'deleted head': {
    what: 'the branch of an open pull request is deleted',
    written: 'the pull request closes by itself',
    otherwise: 'it stays open',
  },
  'base takes head': {
    what: 'the base of an open pull request gets its head',
    written: 'the pull request counts as merged',
    otherwise: 'it stays open',
  },
  'second pull request': {
    what: 'REST `POST /pulls` for a head and a base that have an open one',
    written: '422 "A pull request already exists for owner:branch."',
    otherwise: '422 with the code `already_exists`',
  },
  'no commits': {
    what: 'REST `POST /pulls` for a head without commits of its own',
    written: '422 "No commits between A and B"',
    otherwise: '422 with the code `invalid`',
  },
  'Actions may not propose': {
    what: 'REST `POST /pulls` by GITHUB_TOKEN where the setting does not allow it',
    written: '403 "GitHub Actions is not permitted to create or approve pull requests."',
    otherwise: '403 "Resource not accessible by integration"',
  },
  'comment permission': {
    what: 'a comment on a pull request with `pull-requests: write` alone',
    written: 'allowed',
    otherwise: 'takes `issues: write`',
  },
  'comment length': {
    what: 'a comment or a pull request’s text of more than 65 536 characters',
    written: 'refused: "Body is too long (maximum is 65536 characters)"',
    otherwise: 'taken',
  },
  'too quickly': {
    what: 'content that comes too quickly',
    written:
      '"was submitted too quickly": REST 422, GraphQL an error; a secondary limit that passes with time',
    otherwise: '403 "You have exceeded a secondary rate limit"',
  },
} as const satisfies Readonly<Record<string, Fact>>;
