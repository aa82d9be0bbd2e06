// Scenes of `mode: commit`.
import { valueAt } from '../../src/text/json.ts';
import { MANIFEST, pathOf, type Stage } from './stage.ts';

/** A scene: what is done, and claims about what came of it. */
export interface Scene {
  readonly name: string;
  readonly play: (stage: Stage) => Promise<void>;
}

const COMMIT = { mode: 'commit' };

/** What the repository says of a commit: its parents, the files that it changes, whether it is signed. */
async function readCommit({ ground }: Stage, oid: string) {
  const { body } = await ground.caller.rest('GET', `commits/${oid}`);
  const list = (key: string, field: string): string => {
    const items = valueAt(body, key);
    return (Array.isArray(items) ? items : []).map((item) => valueAt(item, field)).join();
  };
  const signature = await ground.waitFor(
    () => ground.caller.ask(`object(oid: "${oid}") { ... on Commit { signature { isValid } } }`),
    (reply) => valueAt(reply.body, 'data', 'repository', 'object') !== undefined,
  );
  return {
    parents: list('parents', 'sha'),
    files: list('files', 'filename'),
    isSigned: valueAt(signature.body, 'data', 'repository', 'object', 'signature', 'isValid') === true,
  };
}

export const COMMIT_SCENES: readonly Scene[] = [
  {
    name: 'commit: the first run without a manifest',
    play: async (stage) => {
      const branch = await stage.makeBranch('commit');
      const checkout = await stage.checkOut(branch);
      const result = await stage.run(checkout, { ...COMMIT, files: pathOf('a') });
      stage.claimSuccess(result);
      await stage.claimManifest(branch, 'a');
      const head = (await stage.ground.head(branch)) ?? '';
      const { parents, files, isSigned } = await readCommit(stage, head);
      stage.claim('one commit on the head that was checked out', parents === checkout.commit, parents);
      stage.claim('it changes the manifest alone', files === MANIFEST, files);
      stage.claim('it is signed', isSigned);
      stage.claim('the output names it', result.outputs['commit-sha'] === head, result.outputs['commit-sha']);
    },
  },
  {
    name: 'commit: nothing to do',
    play: async (stage) => {
      const checkout = await stage.checkOut(await branchOf(stage));
      const uploads = stage.simulator.requestCount;
      const result = await stage.run(checkout, { ...COMMIT, files: pathOf('a') });
      stage.claimSuccess(result);
      const head = await stage.ground.headAfter(checkout.branch, checkout.commit);
      stage.claim('nothing is uploaded', stage.simulator.requestCount === uploads);
      stage.claim('nothing is committed', head === checkout.commit, head);
      stage.claim('the output is empty', result.outputs['commit-sha'] === '', result.outputs['commit-sha']);
    },
  },
  {
    name: 'commit: a branch that moved',
    play: async (stage) => {
      const { ground } = stage;
      const checkout = await stage.checkOut(await branchOf(stage));
      const moved = await ground.commit(checkout.branch, checkout.commit, { 'notes.txt': 'meanwhile\n' });
      stage.claimSuccess(await stage.run(checkout, { ...COMMIT, files: pathOf('b') }));
      await stage.claimManifest(checkout.branch, 'ab');
      const { parents } = await readCommit(stage, (await ground.head(checkout.branch)) ?? '');
      stage.claim('the commit stands on the one that came meanwhile', parents === moved, parents);
      const notes = await ground.readFile(`refs/heads/${checkout.branch}`, 'notes.txt');
      stage.claim('what came meanwhile stays', notes === 'meanwhile\n', notes);
    },
  },
  {
    name: 'commit: two runs at once',
    play: async (stage) => {
      const branch = await stage.makeBranch('commit-race');
      const checkouts = [await stage.checkOut(branch), await stage.checkOut(branch)];
      const files = ['a', 'b'].map(pathOf);
      const runs = checkouts.map((checkout, index) =>
        stage.run(checkout, { ...COMMIT, files: files[index] ?? '' }),
      );
      for (const result of await Promise.all(runs)) stage.claimSuccess(result);
      await stage.claimManifest(branch, 'ab');
      const head = (await stage.ground.head(branch)) ?? '';
      const standing = await stage.ground.compare(await stage.makeRoot(), head);
      stage.claim('there are two commits', standing === '2 ahead, 0 behind', standing);
    },
  },
];

/** The branch that the first scene has made. */
async function branchOf({ ground }: Stage): Promise<string> {
  return `${ground.prefix}commit`;
}
