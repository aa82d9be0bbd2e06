// What protects a branch, which writes that refuses, and in which words.

/** What is done to a branch. */
export type Act = 'create' | 'update' | 'force' | 'delete';

/** Rules of a ruleset: what each refuses, and GitHub's line for it. */
const RULES = {
  pull_request: { refuses: ['update', 'force'], line: 'Changes must be made through a pull request.' },
  required_status_checks: {
    refuses: ['update', 'force'],
    line: '2 of 2 required status checks are expected.',
  },
  update: { refuses: ['update', 'force'], line: 'Cannot update this protected ref.' },
  non_fast_forward: { refuses: ['force'], line: 'Cannot force-push to this branch' },
  creation: { refuses: ['create'], line: 'Cannot create ref due to creations being restricted.' },
  deletion: { refuses: ['delete'], line: 'Cannot delete this branch' },
} as const satisfies Record<string, { readonly refuses: readonly Act[]; readonly line: string }>;

export type RuleType = keyof typeof RULES;

/** Rules, and the one whom they let pass. */
export interface Ruleset {
  readonly rules: readonly RuleType[];
  readonly passedBy?: string;
}

/** A classic rule that asks for a pull request, a ruleset of that one rule, or another. */
export type Protection = 'classic' | 'ruleset' | Ruleset;

/** The rules of rulesets on a branch. */
export function listRules(protection: Protection | undefined): readonly RuleType[] {
  if (protection === undefined || protection === 'classic') return [];
  return protection === 'ruleset' ? ['pull_request'] : protection.rules;
}

/** The lines by which a protection refuses a act; none when it does not. */
export function findRefusals(protection: Protection | undefined, act: Act, login: string): readonly string[] {
  if (protection === 'classic') return act === 'create' ? [] : [RULES.pull_request.line];
  if (typeof protection === 'object' && protection.passedBy === login) return [];
  return listRules(protection)
    .map((type) => RULES[type])
    .filter(({ refuses }) => refuses.some((refused) => refused === act))
    .map(({ line }) => line);
}

/** GitHub's message for the lines of a ruleset. */
export function wordViolations(lines: readonly string[]): string {
  return `Repository rule violations found\n\n${lines.map((line) => `${line}\n\n`).join('')}`;
}
