// Facts about who may do what, how often, and when it shows.
import type { Fact } from './fact.ts';

export const ACCESS_FACTS = {
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
  'write without permission': {
    what: 'a GraphQL mutation without the permission',
    written: 'an error `FORBIDDEN`, "Resource not accessible by integration"',
    otherwise: 'an error `NOT_FOUND`',
  },
  'blob without permission': {
    what: 'REST `POST /git/blobs` without `contents: write`',
    written:
      '403 "Resource not accessible by integration" for GITHUB_TOKEN and Apps, 404 for a personal token',
    otherwise: '403 for both',
  },
  'secondary limit': {
    what: 'too many requests that make content: about 80 a minute, 500 an hour',
    written: '403 "You have exceeded a secondary rate limit …", with `retry-after` or without it',
    otherwise: '429',
  },
  'rate limit': {
    what: 'too many requests in an hour: 1 000 for GITHUB_TOKEN',
    written:
      'REST 403 "API rate limit exceeded …", GraphQL an error `RATE_LIMITED`; both with `x-ratelimit-remaining: 0` and `x-ratelimit-reset`',
    otherwise: '429',
  },
  'suspended App': {
    what: 'a token of an App whose installation was suspended',
    written: '403 "This installation has been suspended"',
    otherwise: '401 "Bad credentials"',
  },
  'allow list': {
    what: 'a request from outside of an organization’s IP allow list',
    written:
      '403 "… has an IP allow list enabled, and your IP address is not permitted to access this resource."',
    otherwise: '404',
  },
} as const satisfies Readonly<Record<string, Fact>>;
