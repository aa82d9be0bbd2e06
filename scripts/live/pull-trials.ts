// Trials of pull requests and comments. Each pull request stays in the repository's list for ever, so they are few.
import { valueAt } from '../../src/text/json.ts';
import type { FactName } from '../../test/github-api/facts.ts';
import { describeReply, listErrors, listMessages, type Reply } from './caller.ts';
import type { Ground } from './ground.ts';
import { makeRoot } from './graphql-trials.ts';
import { type Sight, type Trials, Untried } from './trial.ts';
import { moveRefs } from './writing-trials.ts';

const LIMITS = 'takes a limit to be used up, which other workflows of the repository need';
const OUTSIDE = 'takes a setting of an organization or an App, which only an administrator makes';
const MAX_TEXT = 65_536;
const NOT_PERMITTED = 'GitHub Actions is not permitted to create or approve pull requests.';

interface Pull {
  readonly number: number;
  readonly base: string;
  readonly baseOid: string;
  readonly head: string;
  readonly headOid: string;
}

async function tryPull(ground: Ground, head: string, base: string): Promise<Reply> {
  const body = { title: 'Try what the action relies on', head, base, body: 'It is closed again at once.' };
  return await ground.caller.rest('POST', 'pulls', body);
}

/** Whether this token may open pull requests, by the first one that it opens. */
async function openFirst(ground: Ground): Promise<{ readonly pull: Pull; readonly reply: Reply }> {
  return await ground.once('first pull request', () => openPull(ground, 'pull'));
}

async function openPull(ground: Ground, name: string) {
  const baseOid = await makeRoot(ground);
  const base = await ground.createBranch(`${name}-base`, baseOid);
  const head = await ground.createBranch(`${name}-head`, baseOid);
  const headOid = await ground.commit(head, baseOid, { 'a.txt': name });
  const reply = await tryPull(ground, head, base);
  const number = Number(valueAt(reply.body, 'number'));
  return { pull: { number, base, baseOid, head, headOid }, reply };
}

async function needPull(opening: Promise<{ readonly pull: Pull; readonly reply: Reply }>): Promise<Pull> {
  const { pull, reply } = await opening;
  if (reply.status !== 201)
    throw new Untried(`takes a pull request, which was refused: ${describeReply(reply)}`);
  return pull;
}

/** Waits for a state of a pull request, and gives what came. */
async function waitForState(ground: Ground, number: number, state: string): Promise<Sight> {
  const found = await ground.waitFor(
    async () => {
      const { body } = await ground.caller.rest('GET', `pulls/${number}`);
      return valueAt(body, 'merged') === true ? 'merged' : valueAt(body, 'state');
    },
    (now) => now === state,
  );
  return { holds: found === state, seen: `the pull request is ${found}` };
}

/** Makes a trial of what becomes of a pull request after an act. */
function after(
  opening: (ground: Ground) => ReturnType<typeof openPull>,
  state: string,
  act: (ground: Ground, pull: Pull) => Promise<Reply>,
) {
  return {
    needs: 'write',
    look: async (ground: Ground): Promise<Sight> => {
      const pull = await needPull(opening(ground));
      const reply = await act(ground, pull);
      if (reply.status >= 400 || listErrors(reply).length > 0)
        throw new Untried(`takes a branch that is moved, which was refused: ${describeReply(reply)}`);
      return await waitForState(ground, pull.number, state);
    },
  } as const;
}

async function comment(ground: Ground, text: string): Promise<Reply> {
  const { number } = await needPull(openFirst(ground));
  return await ground.caller.rest('POST', `issues/${number}/comments`, { body: text });
}

export const PULL_TRIALS = {
  'Actions may not propose': {
    needs: 'write',
    look: async (ground) => {
      const { reply } = await openFirst(ground);
      if (reply.status === 201) throw new Untried("the repository's setting allows it");
      const isTold = reply.status === 403 && listMessages(reply).join() === NOT_PERMITTED;
      return { holds: isTold, seen: describeReply(reply) };
    },
  },
  'second pull request': {
    needs: 'write',
    look: async (ground) => {
      const { head, base } = await needPull(openFirst(ground));
      const reply = await tryPull(ground, head, base);
      const words = `A pull request already exists for ${ground.caller.owner}:${head}.`;
      return {
        holds: reply.status === 422 && listMessages(reply).includes(words),
        seen: describeReply(reply),
      };
    },
  },
  'no commits': {
    needs: 'write',
    look: async (ground) => {
      const { base, baseOid } = await needPull(openFirst(ground));
      const head = await ground.createBranch('no-commits', baseOid);
      const reply = await tryPull(ground, head, base);
      const words = `No commits between ${base} and ${head}`;
      return {
        holds: reply.status === 422 && listMessages(reply).includes(words),
        seen: describeReply(reply),
      };
    },
  },
  'comment permission': {
    needs: 'write',
    look: async (ground) => {
      const reply = await comment(ground, 'May this token comment?');
      return { holds: reply.status === 201, seen: describeReply(reply) };
    },
  },
  'comment length': {
    needs: 'write',
    look: async (ground) => {
      const reply = await comment(ground, 'x'.repeat(MAX_TEXT + 1));
      if (reply.status === 403)
        throw new Untried(`takes a comment, which was refused: ${describeReply(reply)}`);
      const isTold = listMessages(reply).some((words) => /body is too long \(maximum is 65536 /i.test(words));
      return { holds: reply.status === 422 && isTold, seen: describeReply(reply) };
    },
  },
  // It ends the pull request that those above share.
  'head equals base': after(openFirst, 'closed', async (ground, { head, headOid, baseOid }) =>
    moveRefs(ground, [{ branch: head, before: headOid, after: baseOid, force: true }]),
  ),
  'deleted head': after(
    (ground) => openPull(ground, 'deleted'),
    'closed',
    async (ground, { head }) => ground.deleteBranch(head),
  ),
  'base takes head': after(
    (ground) => openPull(ground, 'taken'),
    'merged',
    async (ground, { base, baseOid, headOid }) =>
      moveRefs(ground, [{ branch: base, before: baseOid, after: headOid, force: false }]),
  ),
  'too quickly': LIMITS,
  'secondary limit': LIMITS,
  'rate limit': LIMITS,
  'suspended App': OUTSIDE,
  'allow list': OUTSIDE,
} satisfies Partial<Trials<FactName>>;
