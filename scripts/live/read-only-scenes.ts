// Scenes of a token that may only read contents. They run on the default branch, which such a token cannot change.
import { valueAt } from '../../src/text/json.ts';
import { describeReply } from './caller.ts';
import type { Scene } from './commit-scenes.ts';
import { lastError, pathOf, type Stage } from './stage.ts';

/** The default branch, once it is sure that the token cannot write to it. */
async function findBranch({ ground: { caller } }: Stage): Promise<string> {
  const reply = await caller.rest('POST', 'git/blobs', { content: 'May it?', encoding: 'utf-8' });
  if (reply.status < 400) throw new Error('The token may write: give one that may only read contents.');
  const { body } = await caller.ask('defaultBranchRef { name }');
  const name = valueAt(body, 'data', 'repository', 'defaultBranchRef', 'name');
  if (typeof name !== 'string')
    throw new Error(`There is no default branch; a blob: ${describeReply(reply)}`);
  return name;
}

function refuse(mode: string): Scene {
  return {
    name: `${mode}: a token with \`contents: read\` alone`,
    play: async (stage) => {
      const { ground, simulator } = stage;
      const branch = await findBranch(stage);
      const checkout = await stage.checkOut(branch);
      const uploads = simulator.requestCount;
      const manifest = `${ground.prefix}assets.json`;
      const own = {
        'manifest-path': manifest,
        'pull-request-branch': `${ground.prefix}pull`,
      };
      const result = await stage.run(checkout, { mode, files: pathOf('a'), ...own });
      stage.claim('the step fails', result.exitCode === 1, result.exitCode);
      stage.claim(
        'it names the permission',
        lastError(result).includes('`contents: write`'),
        lastError(result),
      );
      stage.claim('nothing is uploaded', simulator.requestCount === uploads);
      const branches = await ground.listBranches(ground.prefix);
      stage.claim('no branch is made', branches.length === 0, branches.join());
      const text = await ground.readFile(`refs/heads/${branch}`, manifest);
      stage.claim('nothing is committed', text === undefined, text);
    },
  };
}

export const READ_ONLY_SCENES: readonly Scene[] = ['commit', 'pull-request'].map(refuse);
