// Trials that take a token which may only read contents.
import { valueAt } from '../../src/text/json.ts';
import type { FactName } from '../../test/github-api/facts.ts';
import { type Caller, describeReply, listErrors, listMessages } from './caller.ts';
import { UNKNOWN_OID } from './rest-trials.ts';
import { haveTypes, type Trials, Untried } from './trial.ts';

/** Whom the token acts as: `github-actions[bot]` for GITHUB_TOKEN. */
export async function readLogin(caller: Caller): Promise<string> {
  const { body } = await caller.graphql('query { viewer { login } }');
  return String(valueAt(body, 'data', 'viewer', 'login'));
}

export const ACCESS_TRIALS = {
  'public repository': {
    needs: 'read',
    look: async ({ caller }) => {
      const { body } = await caller.ask('isPrivate');
      if (valueAt(body, 'data', 'repository', 'isPrivate') !== false)
        throw new Untried('the repository is not public');
      const reply = await caller.ask('pullRequests(first: 1) { totalCount }');
      const isRead = listErrors(reply).length === 0;
      return { holds: isRead, seen: isRead ? 'pull requests were read' : describeReply(reply) };
    },
  },
  'blob without permission': {
    needs: 'read',
    look: async ({ caller }) => {
      const isPersonal = !(await readLogin(caller)).endsWith('[bot]');
      const reply = await caller.rest('POST', 'git/blobs', { content: 'May it?', encoding: 'utf-8' });
      const isTold = listMessages(reply).join() === 'Resource not accessible by integration';
      const holds = isPersonal ? reply.status === 404 : reply.status === 403 && isTold;
      return { holds, seen: `${isPersonal ? 'a personal token' : 'a bot'}: ${describeReply(reply)}` };
    },
  },
  'write without permission': {
    needs: 'read',
    look: async (ground) => {
      // There is no such branch: nothing is written even if the token might.
      const reply = await ground.tryCommit(`${ground.prefix}none`, UNKNOWN_OID, { 'a.txt': 'a' });
      const isTold = /^Resource not accessible by /.test(listMessages(reply).join());
      return { holds: haveTypes([reply], 'FORBIDDEN') && isTold, seen: describeReply(reply) };
    },
  },
} satisfies Partial<Trials<FactName>>;
