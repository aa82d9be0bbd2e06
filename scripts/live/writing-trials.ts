// Trials of writes to branches.
import { valueAt } from '../../src/text/json.ts';
import { describeError } from '../../src/text/errors.ts';
import type { FactName } from '../../test/github-api/facts.ts';
import { readLogin } from './access-trials.ts';
import { describeReply, listErrors, listMessages, type Reply } from './caller.ts';
import type { Ground, RefMove } from './ground.ts';
import { makeRoot } from './graphql-trials.ts';
import { UNKNOWN_OID } from './rest-trials.ts';
import { describeReplies, haveTypes, type Trials, Untried } from './trial.ts';

const RULES = 'takes a rule that refuses a write, which only an administrator makes';

/** A branch that is one commit ahead of the root, by its name. */
async function makeAhead(ground: Ground, name: string) {
  const root = await makeRoot(ground);
  const branch = await ground.createBranch(name, root);
  return { branch, root, head: await ground.commit(branch, root, { 'a.txt': name }) };
}

/** Moves branches where GitHub takes such moves at all. */
export async function moveRefs(ground: Ground, moves: readonly RefMove[]): Promise<Reply> {
  const reply = await ground.updateRefs(moves);
  if (listMessages(reply).some((words) => /doesn't exist on type 'Mutation'/.test(words))) {
    throw new Untried('takes `updateRefs`, which is not answered');
  }
  return reply;
}

/** Whether a refusal has a status and these words. */
function isWorded({ status, body }: Reply, expected: number, words: string): boolean {
  return status === expected && valueAt(body, 'message') === words;
}

export const WRITING_TRIALS = {
  'stale head': {
    needs: 'write',
    look: async (ground) => {
      const { branch, root } = await makeAhead(ground, 'stale');
      const reply = await ground.tryCommit(branch, root, { 'a.txt': 'again' });
      return { holds: haveTypes([reply], 'STALE_DATA'), seen: describeReply(reply) };
    },
  },
  'missing branch': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const reply = await ground.tryCommit(`${ground.prefix}none`, root, { 'a.txt': 'none' });
      const isTold = listMessages(reply).join() === 'Branch not found';
      return { holds: haveTypes([reply], 'NOT_FOUND') && isTold, seen: describeReply(reply) };
    },
  },
  ruleset: RULES,
  'classic protection': RULES,
  'request size': {
    needs: 'write',
    look: async ({ caller, sizes }) => {
      const query =
        'query($ref: String!) { repository(owner: "o", name: "n") { ref(qualifiedName: $ref) { id } } }';
      try {
        const reply = await caller.graphql(query, { ref: 'x'.repeat(sizes.request) });
        return { holds: reply.status >= 400, seen: describeReply(reply) };
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        // A server that has read enough closes the connection.
        return { holds: true, seen: describeError(error) };
      }
    },
  },
  'commit author': {
    needs: 'write',
    look: async (ground) => {
      const login = await readLogin(ground.caller);
      if (!login.endsWith('[bot]'))
        throw new Untried(`takes GITHUB_TOKEN or that of an App, not one of ${login}`);
      const root = await makeRoot(ground);
      const reply = await ground.tryCommit(await ground.createBranch('author', root), root, {
        'a.txt': 'by',
      });
      const read = (...keys: readonly string[]): unknown =>
        valueAt(reply.body, 'data', 'createCommitOnBranch', 'commit', ...keys);
      const [author, isValid] = [read('author', 'name'), read('signature', 'isValid')];
      const seen = `by ${author} for ${login}, signature ${isValid === true ? 'valid' : 'not valid'}`;
      return { holds: author === login && isValid === true, seen };
    },
  },
  'wrong beforeOid': {
    needs: 'write',
    look: async (ground) => {
      const { branch, root, head } = await makeAhead(ground, 'wrong-before');
      const replies: Reply[] = [];
      for (const force of [false, true])
        replies.push(await moveRefs(ground, [{ branch, before: root, after: root, force }]));
      const areSilent = replies.every(
        (reply) =>
          valueAt(reply.body, 'data') === undefined &&
          /^Something went wrong while executing your query on /.test(listMessages(reply).join()),
      );
      const isThere = (await ground.headAfter(branch, head)) === head;
      const seen = `${describeReplies(replies)}; the branch ${isThere ? 'stays' : 'moved'}`;
      return { holds: haveTypes(replies, undefined) && areSilent && isThere, seen };
    },
  },
  'several moves': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const first = await ground.createBranch('several-1', root);
      const { branch: second, head } = await makeAhead(ground, 'several-2');
      const move = { branch: first, before: root, after: head, force: false };
      const refused = await moveRefs(ground, [move, { branch: second, before: root, force: true }]);
      const isLeft = (await ground.headAfter(first, root)) === root;
      const isWhole = isLeft && (await ground.head(second)) === head;
      if (!isWhole || listErrors(refused).length === 0) {
        return { holds: false, seen: `one of two wrong, not all was left: ${describeReply(refused)}` };
      }
      const both = await moveRefs(ground, [move, { branch: second, before: head, force: true }]);
      const done = listErrors(both).length === 0 ? 'is done' : `is refused: ${describeReply(both)}`;
      return { holds: true, seen: `one of two wrong, nothing moved; a move with a deletion ${done}` };
    },
  },
  'plain deletion': {
    needs: 'write',
    isOpen: true,
    look: async (ground) => {
      const root = await makeRoot(ground);
      const branch = await ground.createBranch('deletion', root);
      const plain = await moveRefs(ground, [{ branch, before: root, force: false }]);
      if (listErrors(plain).length === 0) return { holds: false, seen: 'deleted with `force: false`' };
      const forced = await moveRefs(ground, [{ branch, before: root, force: true }]);
      const head = await ground.waitFor(
        () => ground.head(branch),
        (found) => found === undefined,
      );
      const end = head === undefined ? 'deleted' : `not deleted, ${describeReply(forced)}`;
      return { holds: head === undefined, seen: `${describeReply(plain)}; with \`force: true\` ${end}` };
    },
  },
  'fast forward': {
    needs: 'write',
    look: async (ground) => {
      const { branch, root, head } = await makeAhead(ground, 'backward');
      const reply = await moveRefs(ground, [{ branch, before: head, after: root, force: false }]);
      return { holds: listErrors(reply).length > 0, seen: describeReply(reply) };
    },
  },
  'no preview': {
    needs: 'write',
    look: async (ground) => {
      const { head, root } = await makeAhead(ground, 'preview-head');
      const branch = await ground.createBranch('preview', root);
      const reply = await ground.updateRefs([{ branch, before: root, after: head, force: false }]);
      return { holds: listErrors(reply).length === 0, seen: describeReply(reply) };
    },
  },
  'existing ref': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const reply = await ground.tryBranch(await ground.createBranch('existing', root), root);
      return { holds: isWorded(reply, 422, 'Reference already exists'), seen: describeReply(reply) };
    },
  },
  'ref in the way': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const above = await ground.createBranch('way', root);
      await ground.createBranch('road/a', root);
      const wanted = [`${above}/a`, `${ground.prefix}road`];
      const replies: Reply[] = [];
      for (const branch of wanted) replies.push(await ground.tryBranch(branch, root));
      const areTold = replies.every((reply) => isWorded(reply, 422, 'Reference update failed'));
      return { holds: areTold, seen: describeReplies(replies) };
    },
  },
  'restricted creation': RULES,
  'unknown object': {
    needs: 'write',
    look: async (ground) => {
      const reply = await ground.tryBranch(`${ground.prefix}none`, UNKNOWN_OID);
      return { holds: isWorded(reply, 422, 'Object does not exist'), seen: describeReply(reply) };
    },
  },
  'deleted ref': {
    needs: 'write',
    look: async (ground) => {
      const reply = await ground.deleteBranch(`${ground.prefix}none`);
      return { holds: isWorded(reply, 422, 'Reference does not exist'), seen: describeReply(reply) };
    },
  },
} satisfies Partial<Trials<FactName>>;
