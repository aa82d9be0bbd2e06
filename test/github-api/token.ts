// Tokens of the stand-in and what they may do.

export type Access = 'none' | 'read' | 'write';

/** As in a workflow's `permissions`. */
export interface Permissions {
  readonly contents: Access;
  readonly pullRequests: Access;
  readonly issues: Access;
}

export interface Token {
  readonly value: string;
  /** Who acts; GITHUB_TOKEN acts as `github-actions[bot]`. */
  readonly login: string;
  readonly permissions: Permissions;
  readonly isPersonal: boolean;
  isExpired: boolean;
}

/** GitHub's words for a missing permission, by the kind of token. */
export const PERMISSION_MESSAGE = {
  integration: 'Resource not accessible by integration',
  personal: 'Resource not accessible by personal access token',
} as const;
