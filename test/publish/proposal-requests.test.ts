// How many requests a proposal costs, in every state that its branch can be in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ManifestEntry, parseManifest } from '../../src/manifest/manifest.ts';
import type { Publisher } from '../../src/publish/publisher.ts';
import { entryOf, manifestText } from './entries.ts';
import { inSetting, MANIFEST, PROPOSAL, type Setting } from './setting.ts';

const BRANCH = PROPOSAL.branch;
const FILES = { 'a.png': 'picture a', 'b.png': 'picture b', 'c.png': 'picture c' };
const KNOWN = { 'b.png': entryOf('picture b'), 'gone.png': entryOf('gone') };
const BASE = { ...FILES, [MANIFEST]: manifestText(KNOWN) };
const [A, C] = [{ 'a.png': 'picture a' }, { 'c.png': 'picture c' }];
const A_ENTRY = { 'a.png': entryOf('picture a') };

type Files = Readonly<Record<string, string | undefined>>;

/** A run from a checkout of the base's head. */
async function openAtHead(setting: Setting): Promise<Publisher> {
  const text = (await setting.repository.readFile('main', MANIFEST)) ?? '';
  const checkout = { manifest: parseManifest(Buffer.from(text), MANIFEST), text };
  return await setting.open({ place: PROPOSAL, checkout });
}

async function pushToBase(
  { repository }: Setting,
  entries: Readonly<Record<string, ManifestEntry>>,
): Promise<unknown> {
  return await repository.push('main', { [MANIFEST]: manifestText({ ...KNOWN, ...entries }) });
}

/** The button "Update branch". */
async function updateBranch(setting: Setting): Promise<void> {
  const base = await setting.repository.push('main', { 'README.md': 'more' });
  await setting.repository.push(BRANCH, { 'README.md': 'more' }, { mergedOids: [base] });
}

/** A branch may be anywhere between what it proposed and its base. */
const STATES: readonly {
  readonly name: string;
  readonly arrange: (setting: Setting) => Promise<unknown>;
  /** Whether the branch is made anew even where a run has nothing new. */
  readonly isRebuilt?: boolean;
  /** Whether the commit where branch and base parted is neither's head nor a parent of the branch, and is read by itself. */
  readonly isFar?: boolean;
}[] = [
  { name: 'is as it was made', arrange: async () => {} },
  {
    name: 'left its base behind',
    arrange: ({ repository }) => repository.push('main', { 'README.md': 'more' }),
  },
  {
    name: 'has a base whose manifest changed since',
    arrange: (setting) => pushToBase(setting, { 'x.png': entryOf('x') }),
    isRebuilt: true,
  },
  { name: 'has a base that says the same by now', arrange: (setting) => pushToBase(setting, A_ENTRY) },
  { name: 'has its base merged into it', arrange: updateBranch },
  {
    name: 'has an older base merged into it',
    arrange: async (setting) => {
      await updateBranch(setting);
      await setting.repository.push('main', { 'README.md': 'yet more' });
    },
  },
  {
    name: 'has an older base merged into it, with another manifest',
    arrange: async (setting) => {
      await updateBranch(setting);
      await pushToBase(setting, A_ENTRY);
    },
  },
  {
    name: 'has a person’s commits on it, and a base that says the same by now',
    arrange: async (setting) => {
      for (const message of ['one', 'two']) await setting.repository.push(BRANCH, {}, { message });
      await pushToBase(setting, A_ENTRY);
    },
    isFar: true,
  },
  { name: 'was deleted', arrange: ({ repository }) => repository.deleteBranch(BRANCH), isRebuilt: true },
  { name: 'was merged', arrange: ({ repository }) => repository.mergePullRequest(1, 'squash') },
  {
    name: 'was declined, and has a base whose manifest changed since',
    arrange: async (setting) => {
      setting.repository.closePullRequest(1);
      await pushToBase(setting, { 'x.png': entryOf('x') });
    },
  },
];

describe('requests', () => {
  for (const { name, arrange, isRebuilt = false, isFar = false } of STATES) {
    const few = isRebuilt ? 12 : 4;
    const fewOrFive = few + (isFar ? 1 : 0);
    const count = async (setting: Setting, files: Files, isPrepared: boolean): Promise<readonly string[]> => {
      await setting.publish(A, { place: PROPOSAL });
      await arrange(setting);
      setting.takeRequests();
      const publisher = await openAtHead(setting);
      if (isPrepared) await publisher.prepare();
      await setting.publishWith(publisher, files);
      return setting.takeRequests();
    };

    test(
      `where the branch ${name} are at most 12 with a new asset and a removal`,
      inSetting(BASE, async (setting) => {
        const most = await count(setting, { ...A, ...C, 'gone.png': undefined }, true);
        assert.ok(most.includes('LookUpBlobs') && most.includes('createCommitOnBranch'));
        assert.ok(most.length <= 12, most.join());
        assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)).includes('gone.png'), false);
      }),
    );

    test(
      `where the branch ${name} are at most ${few} with nothing new`,
      inSetting(BASE, async (setting) => {
        const without = await count(setting, A, false);
        assert.equal(without.includes('createCommitOnBranch'), isRebuilt);
        assert.ok(without.length <= few, without.join());
      }),
    );

    test(
      `where the branch ${name} are at most ${fewOrFive} with a removal of what the base still has`,
      inSetting(BASE, async (setting) => {
        const without = await count(setting, { ...A, 'b.png': undefined }, false);
        assert.ok(without.includes('LookUpBlobs'));
        assert.ok(without.length <= fewOrFive, without.join());
      }),
    );
  }

  test(
    'are at most seven for a further publication',
    inSetting(BASE, async (setting) => {
      const publisher = await openAtHead(setting);
      await setting.publishWith(publisher, A);
      setting.takeRequests();
      await setting.publishWith(publisher, { ...A, ...C, 'gone.png': undefined });
      const further = setting.takeRequests();
      assert.ok(further.length <= 7, further.join());
    }),
  );

  test(
    'are at most four, and one for each temporary branch that a killed run left, where nothing is new',
    inSetting(BASE, async (setting) => {
      await setting.publish(A, { place: PROPOSAL });
      for (const digit of ['1', '2'])
        await setting.repository.setBranch(`${BRANCH}-rebuild-${digit.repeat(12)}`, BRANCH);
      setting.takeRequests();
      await setting.publishWith(await openAtHead(setting), A);
      assert.ok(setting.takeRequests().length <= 4 + 2);
      assert.deepEqual(setting.repository.git.listRefs(), ['refs/heads/main', `refs/heads/${BRANCH}`]);
    }),
  );
});
