// A stand-in for the proof on the real GitHub, and the proof made on it.
import type { TestContext } from 'node:test';
import { type Proof, type ProofOptions, prove } from '../../scripts/live/prove.ts';
import { TRIALS } from '../../scripts/live/trials.ts';
import { FACTS, type FactName } from '../github-api/facts.ts';
import type { HostedRepository } from '../github-api/repository.ts';
import { type GitHubApi, startGitHubApi } from '../github-api/server.ts';
import type { Permissions } from '../github-api/token.ts';

const WRITE = { contents: 'write', pullRequests: 'write', issues: 'none' } as const;
export const READ = { contents: 'read', pullRequests: 'none', issues: 'none' } as const;
/** A stand-in and its repository. */
export interface Setting {
  readonly api: GitHubApi;
  readonly repository: HostedRepository;
}

/** A stand-in with limits that small things meet. */
export async function setUp(t: TestContext): Promise<Setting> {
  const api = await startGitHubApi();
  t.after(() => api.close());
  api.maxRequestBytes = 300_000;
  const repository = await api.createRepository('octo/assets');
  repository.maxFileBytes = 1_200_000;
  repository.maxTreeEntries = 100;
  repository.isPublic = true;
  repository.lagOfReads = 1;
  repository.protectedBranches.set('main', 'ruleset');
  return { api, repository };
}

type Overrides = Partial<Pick<ProofOptions, 'parts' | 'onRow'>> & {
  readonly permissions?: Permissions;
  readonly isPersonal?: boolean;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly signal?: AbortSignal;
};

/** Makes the proof on it, with pauses that take no time. */
export async function runProof({ api }: Setting, overrides: Overrides = {}): Promise<Proof> {
  const { permissions = WRITE, isPersonal = false, sleep = async () => {}, ...options } = overrides;
  const { signal = new AbortController().signal } = overrides;
  const login = isPersonal ? { login: 'octocat', isPersonal } : {};
  return await prove({
    connection: {
      apiUrl: api.url,
      repository: 'octo/assets',
      token: api.createToken({ permissions, ...login }).value,
      sleep,
      signal,
    },
    run: { serverUrl: 'https://github.com', repositoryId: '4711', runId: '77' },
    system: 'linux',
    access: permissions === READ ? 'read' : 'write',
    parts: ['facts'],
    sizes: { largeFile: 1_200_001, request: 300_000, treeSide: 10 },
    onRow: () => {},
    onScene: () => {},
    ...options,
  });
}

/** The facts of a verdict. */
export function listNames({ rows }: Proof, verdict: string): readonly string[] {
  return rows.filter((row) => row.verdict === verdict).map(({ name }) => name);
}

/** The facts that a token can try on the repository of `setUp`. */
export function listTried(access: 'write' | 'read'): readonly FactName[] {
  const names = Object.keys(FACTS).filter((name): name is FactName => Object.hasOwn(TRIALS, name));
  return names.filter((name) => {
    const trial = TRIALS[name];
    return typeof trial !== 'string' && trial.needs === access && name !== 'Actions may not propose';
  });
}
