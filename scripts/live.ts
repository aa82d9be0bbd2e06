// Proves on the real GitHub what the action relies on, and the action itself, in the repository that it runs in.
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { REAL_SIZES } from './live/ground.ts';
import { hasFailed, type ProofOptions, prove } from './live/prove.ts';
import { buildTables, wordEnd, wordRow, wordScene } from './live/report.ts';
import { describeError } from '../src/text/errors.ts';

const usage = `Usage: GITHUB_TOKEN=… GITHUB_REPOSITORY=owner/name node scripts/live.ts [options]
  --read-only   what a token with \`contents: read\` alone meets; without it the token has to have
                \`contents: write\` and \`pull-requests: write\`
  --facts       the facts alone
  --scenes      the scenes alone
It makes branches that begin with \`live-\`, pull requests between them, and removes the branches again.`;

function parseOptions(signal: AbortSignal): ProofOptions | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { help: flag, 'read-only': flag, facts: flag, scenes: flag } });
  if (values.help) return undefined;
  const { env } = process;
  const parts = (['facts', 'scenes'] as const).filter((part) => values[part]);
  return {
    connection: {
      apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
      repository: need('GITHUB_REPOSITORY', /^[^/]+\/[^/]+$/, 'give it as owner/name'),
      token: need('GITHUB_TOKEN', /./, 'give a token for the repository'),
      sleep: async (milliseconds) => await sleep(milliseconds, undefined, { signal }).catch(() => {}),
      signal,
    },
    run: {
      serverUrl: env.GITHUB_SERVER_URL ?? 'https://github.com',
      repositoryId: env.GITHUB_REPOSITORY_ID ?? '',
      runId: env.GITHUB_RUN_ID ?? String(Date.now()),
    },
    system: (env.RUNNER_OS ?? process.platform).toLowerCase(),
    access: values['read-only'] ? 'read' : 'write',
    parts: parts.length === 0 ? ['facts', 'scenes'] : parts,
    sizes: REAL_SIZES,
    onRow: (row) => console.log(wordRow(row)),
    onScene: (scene) => console.log(wordScene(scene)),
  };
}

function need(name: string, form: RegExp, remedy: string): string {
  const value = process.env[name] ?? '';
  if (!form.test(value)) throw new Error(`${name} is ${value === '' ? 'missing' : `"${value}"`}: ${remedy}.`);
  return value;
}

/** Exit code 1 when anything is otherwise than it should be. */
async function main(): Promise<void> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => ending.abort(new Error(`It was ended by ${signal}.`)));
  const options = parseOptions(ending.signal);
  if (options === undefined) return console.log(usage);
  const proof = await prove(options);
  console.log(`\n${wordEnd(proof)}`);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) await appendFile(summary, buildTables(proof));
  if (hasFailed(proof)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`${describeError(error)}\n\`node scripts/live.ts --help\` tells how it is used.`);
  process.exitCode = 1;
}
