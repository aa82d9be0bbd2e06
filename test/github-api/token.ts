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

/** The login of GITHUB_TOKEN. */
export const ACTIONS_LOGIN = 'github-actions[bot]';

/** GitHub's words for a missing permission. */
export function wordPermission(token: Token): string {
  return `Resource not accessible by ${token.isPersonal ? 'personal access token' : 'integration'}`;
}
