// Scenes of `mode: pull-request`, one after the other on the same pull request.
import { valueAt } from '../../src/text/json.ts';
import type { Scene } from './commit-scenes.ts';
import { lastError, MANIFEST, pathOf, type Stage } from './stage.ts';

const OLDEST_FIRST = 'orderBy: { field: CREATED_AT, direction: ASC }';
const PROPOSE = { mode: 'pull-request' };

/** The branch that the action gives to pull requests for a base. */
function nameProposal(base: string): string {
  return `nxcloud-assets/${base}`;
}

/** The pull requests from the action's branch to a base, oldest first: `12 OPEN`. */
async function listPulls({ ground: { caller } }: Stage, base: string): Promise<readonly string[]> {
  const names = `baseRefName: ${JSON.stringify(base)}, headRefName: ${JSON.stringify(nameProposal(base))}`;
  const { body } = await caller.ask(
    `pullRequests(${names}, first: 10, ${OLDEST_FIRST}) { nodes { number state } }`,
  );
  const nodes = valueAt(body, 'data', 'repository', 'pullRequests', 'nodes');
  return (Array.isArray(nodes) ? nodes : []).map(
    (node) => `${valueAt(node, 'number')} ${valueAt(node, 'state')}`,
  );
}

/** Claims the states of the pull requests to a base, and gives the newest one's number. */
async function claimPulls(stage: Stage, base: string, states: string): Promise<string> {
  const stateOf = (pulls: readonly string[]): string => pulls.map((pull) => pull.split(' ')[1]).join();
  const pulls = await stage.ground.waitFor(
    () => listPulls(stage, base),
    (found) => stateOf(found) === states,
  );
  stage.claim(`the pull requests are ${states}`, stateOf(pulls) === states, pulls.join(', '));
  return pulls.at(-1)?.split(' ')[0] ?? '';
}

/** Claims that the action's branch is the base's head with one commit, and that nothing else is left. */
async function claimBranch(stage: Stage, base: string): Promise<void> {
  const { ground } = stage;
  const branch = nameProposal(base);
  const [baseHead, head] = [await ground.head(base), await ground.head(branch)];
  const standing = await ground.compare(baseHead ?? '', head ?? '');
  stage.claim('the branch is one commit ahead of its base', standing === '1 ahead, 0 behind', standing);
  const left = await ground.waitFor(
    () => ground.listBranches(branch),
    (names) => names.join() === branch,
  );
  stage.claim('no temporary branch is left', left.join() === branch, left.join());
}

/** Runs the action for some assets, whose letters are given. */
async function propose(stage: Stage, base: string, names: string) {
  const files = [...names].map(pathOf).join('\n');
  return await stage.run(await stage.checkOut(base), { ...PROPOSE, files });
}

/** The base that the first scene has made. */
function baseOf({ ground }: Stage): string {
  return `${ground.prefix}base`;
}

export const PULL_SCENES: readonly Scene[] = [
  {
    name: 'pull request: opened',
    play: async (stage) => {
      const base = await stage.makeBranch('base');
      const result = await propose(stage, base, 'a');
      stage.claimSuccess(result);
      const number = await claimPulls(stage, base, 'OPEN');
      const named = result.outputs['pull-request-number'];
      stage.claim('the output names it', named === number && number !== '', named);
      await stage.claimManifest(nameProposal(base), 'a');
      await claimBranch(stage, base);
      const head = await stage.ground.head(base);
      stage.claim('the base is left alone', head === (await stage.makeRoot()), head);
    },
  },
  {
    name: 'pull request: updated',
    play: async (stage) => {
      const base = baseOf(stage);
      const uploads = stage.simulator.acceptedCount;
      stage.claimSuccess(await propose(stage, base, 'ab'));
      await stage.claimManifest(nameProposal(base), 'ab');
      await claimPulls(stage, base, 'OPEN');
      await claimBranch(stage, base);
      const sent = stage.simulator.acceptedCount - uploads;
      stage.claim('what the pull request holds is not uploaded again', sent === 1, `${sent} uploads`);
    },
  },
  {
    name: 'pull request: closed by a person',
    play: async (stage) => {
      const base = baseOf(stage);
      const number = await claimPulls(stage, base, 'OPEN');
      if (number === '') throw new Error('There is no pull request to close.');
      await stage.ground.caller.rest('PATCH', `pulls/${number}`, { state: 'closed' });
      await claimPulls(stage, base, 'CLOSED');
      const uploads = stage.simulator.requestCount;
      stage.claimSuccess(await propose(stage, base, 'ab'));
      await stage.ground.settle();
      await claimPulls(stage, base, 'CLOSED');
      stage.claim('nothing is uploaded', stage.simulator.requestCount === uploads);
      stage.claimSuccess(await propose(stage, base, 'abc'));
      await claimPulls(stage, base, 'CLOSED,OPEN');
      await stage.claimManifest(nameProposal(base), 'abc');
    },
  },
  {
    name: 'pull request: the base says the same already',
    play: async (stage) => {
      const { ground, simulator } = stage;
      const base = baseOf(stage);
      const text = (await ground.readFile(`refs/heads/${nameProposal(base)}`, MANIFEST)) ?? '';
      const merged = await ground.commit(base, await stage.makeRoot(), { [MANIFEST]: text });
      const proposed = (await ground.head(nameProposal(base))) ?? '';
      const uploads = simulator.requestCount;
      const result = await propose(stage, base, 'abc');
      stage.claimSuccess(result);
      const stays = await ground.headAfter(nameProposal(base), proposed);
      const heads = [await ground.head(base), stays].join();
      stage.claim('neither branch moves', heads === [merged, proposed].join(), heads);
      stage.claim('nothing is uploaded', simulator.requestCount === uploads);
      const named = result.outputs['pull-request-number'];
      stage.claim('no pull request is named', named === '', named);
    },
  },
  {
    name: 'pull request: two runs at once',
    play: async (stage) => {
      const base = await stage.makeBranch('race');
      const runs = await Promise.all(['a', 'b'].map((name) => propose(stage, base, name)));
      for (const result of runs) stage.claimSuccess(result);
      await claimPulls(stage, base, 'OPEN');
      await stage.claimManifest(nameProposal(base), 'ab');
      await claimBranch(stage, base);
    },
  },
  {
    name: 'pull request: a name in the way',
    play: async (stage) => {
      const { ground, simulator } = stage;
      const base = await stage.makeBranch('named');
      const taken = await stage.makeBranch('in-the-way');
      const uploads = simulator.requestCount;
      const inputs = { ...PROPOSE, files: pathOf('a'), 'pull-request-branch': `${taken}/assets` };
      const result = await stage.run(await stage.checkOut(base), inputs);
      const error = lastError(result);
      stage.claim('the step fails', result.exitCode === 1, result.exitCode);
      stage.claim(
        'it names both branches',
        error.includes(`${taken}/assets`) && / in the way/.test(error),
        error,
      );
      stage.claim('nothing is uploaded', simulator.requestCount === uploads);
      const made = await ground.listBranches(`${taken}/`);
      stage.claim('no branch is made', made.length === 0, made.join());
    },
  },
];
