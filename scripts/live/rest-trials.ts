// Trials of what REST tells of branches, commits and files, and of tokens.
import { valueAt } from '../../src/text/json.ts';
import type { FactName } from '../../test/github-api/facts.ts';
import { describeReply, listMessages } from './caller.ts';
import type { Ground, TreeEntry } from './ground.ts';
import { FILE, makeLarge, makeRoot } from './graphql-trials.ts';
import { describeReplies, haveTypes, type Trials, Untried } from './trial.ts';

const RAW = 'application/vnd.github.raw+json';
/** A commit that nobody has made. */
export const UNKNOWN_OID = 'f'.repeat(40);
/** More files than a comparison lists. */
const MANY_FILES = 301;

/** Two commits of one history: the second renames a file and adds more than a comparison lists. */
async function makeMany(ground: Ground): Promise<{ readonly before: string; readonly after: string }> {
  return await ground.once('many', async () => {
    const moved = await ground.createBlob(Buffer.from('moved'));
    const added = await ground.createBlob(Buffer.from('added'));
    const old = await ground.createTree([{ path: 'old.txt', ...FILE, sha: moved }]);
    const before = await ground.createCommit(old, [], 'One file');
    const many = Array.from({ length: MANY_FILES }, (_, index) => ({
      path: `b${index}`,
      ...FILE,
      sha: added,
    }));
    const tree = await ground.createTree([{ path: 'a-new.txt', ...FILE, sha: moved }, ...many]);
    const after = await ground.createCommit(tree, [before], 'Many files');
    await ground.createBranch('many', after);
    return { before, after };
  });
}

export const REST_TRIALS = {
  'missing ref': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const none = `${ground.prefix}none`;
      const paths = [`git/ref/heads/${none}`, `contents/a.txt?ref=${none}`, `contents/none.json?ref=${root}`];
      const replies = await Promise.all(paths.map((path) => ground.caller.rest('GET', path)));
      return { holds: replies.every(({ status }) => status === 404), seen: describeReplies(replies) };
    },
  },
  'matching refs': {
    needs: 'write',
    look: async (ground) => {
      const branch = await ground.createBranch('match-a', await makeRoot(ground));
      const listed = await ground.waitFor(
        () => ground.listBranches(`${ground.prefix}match`),
        (names) => names.length > 0,
      );
      const none = await ground.caller.rest('GET', `git/matching-refs/heads/${ground.prefix}none`);
      const isEmpty = Array.isArray(none.body) && none.body.length === 0;
      return {
        holds: listed.join() === branch && none.status === 200 && isEmpty,
        seen: `${listed.length} found; none: ${describeReply(none)}${isEmpty ? ', an empty list' : ''}`,
      };
    },
  },
  'raw content': {
    needs: 'write',
    look: async (ground) => {
      const { commit } = await makeLarge(ground);
      const reply = await ground.caller.rest('GET', `contents/long.txt?ref=${commit}`, undefined, RAW);
      const isText = reply.status === 200 && String(reply.body).startsWith('long text');
      return {
        holds: isText,
        seen: isText ? `200, ${String(reply.body).length} bytes` : describeReply(reply),
      };
    },
  },
  blob: {
    needs: 'write',
    look: async (ground) => {
      const blob = await ground.createBlob(Buffer.from('bytes'));
      const { status, body } = await ground.caller.rest('GET', `git/blobs/${blob}`);
      const content = Buffer.from(String(valueAt(body, 'content')), 'base64');
      return { holds: content.toString() === 'bytes', seen: `${status} ${JSON.stringify(body)}` };
    },
  },
  'cut tree': {
    needs: 'write',
    look: async (ground) => {
      const { treeSide } = ground.sizes;
      const sha = await ground.createBlob(Buffer.from('leaf'));
      const repeat = (entry: Omit<TreeEntry, 'path'>): readonly TreeEntry[] =>
        Array.from({ length: treeSide }, (_, index) => ({ path: `n${index}`, ...entry }));
      const inner = await ground.createTree(repeat({ ...FILE, sha }));
      const tree = await ground.createTree(repeat({ mode: '040000', type: 'tree', sha: inner }));
      const { status, body } = await ground.caller.rest('GET', `git/trees/${tree}?recursive=1`);
      const isCut = valueAt(body, 'truncated');
      const listed = valueAt(body, 'tree', 'length');
      return {
        holds: status === 200 && isCut === true,
        seen: `${status}, truncated ${isCut}, ${listed} of ${treeSide * (treeSide + 1)} entries`,
      };
    },
  },
  'compared files': {
    needs: 'write',
    look: async (ground) => {
      const { before, after } = await makeMany(ground);
      const pages = await Promise.all(
        [1, 2].map((page) => ground.caller.rest('GET', `compare/${before}...${after}?page=${page}`)),
      );
      const [first = [], second = []] = pages.map(({ body }) => {
        const files = valueAt(body, 'files');
        return Array.isArray(files) ? files : [];
      });
      const renamed = first.find((file) => valueAt(file, 'status') === 'renamed');
      const from = valueAt(renamed, 'previous_filename');
      return {
        holds: first.length === 300 && second.length === 0 && from === 'old.txt',
        seen: `${first.length} of ${MANY_FILES + 1} on page 1, ${second.length} on page 2, renamed from ${from}`,
      };
    },
  },
  'no common ancestor': {
    needs: 'write',
    look: async (ground) => {
      const [root, { after }] = [await makeRoot(ground), await makeMany(ground)];
      const reply = await ground.caller.rest('GET', `compare/${root}...${after}`);
      const words = listMessages(reply).join();
      const isTold = reply.status === 404 && words === `No common ancestor between ${root} and ${after}.`;
      return { holds: isTold, seen: describeReply(reply) };
    },
  },
  'unknown commit': {
    needs: 'write',
    look: async (ground) => {
      const reply = await ground.caller.rest('GET', `compare/${await makeRoot(ground)}...${UNKNOWN_OID}`);
      const words = listMessages(reply).join();
      return { holds: reply.status === 404 && words === 'Not Found', seen: describeReply(reply) };
    },
  },
  'branch rules': 'takes a ruleset that the token may pass by, which only an administrator makes',
  'protected branch': {
    needs: 'write',
    look: async ({ caller }) => {
      const { body } = await caller.ask('defaultBranchRef { name }');
      const branch = String(valueAt(body, 'data', 'repository', 'defaultBranchRef', 'name'));
      const rules = (await caller.rest('GET', `rules/branches/${branch}`)).body;
      const types = Array.isArray(rules) ? rules.map((rule) => valueAt(rule, 'type')) : [];
      if (types.length === 0) throw new Untried(`no rule of a ruleset is active for ${branch}`);
      const isProtected = valueAt((await caller.rest('GET', `branches/${branch}`)).body, 'protected');
      const seen = `${branch} has the rules ${types.join(', ')}: protected ${isProtected}`;
      return { holds: isProtected === true, seen };
    },
  },
  'hidden repository': {
    needs: 'write',
    look: async ({ caller }) => {
      // GitHub tells a repository that is hidden and one that does not exist alike.
      const other = caller.as({ repository: `${caller.repository}-that-nobody-sees` });
      const rest = await other.rest('GET', 'git/ref/heads/main');
      const graphql = await other.ask('id');
      const words = `Could not resolve to a Repository with the name '${other.repository}'.`;
      const isHidden = rest.status === 404 && listMessages(rest).join() === 'Not Found';
      const isTold = haveTypes([graphql], 'NOT_FOUND') && listMessages(graphql).join() === words;
      return { holds: isHidden && isTold, seen: describeReplies([rest, graphql]) };
    },
  },
  'expired token': {
    needs: 'write',
    look: async ({ caller }) => {
      const reply = await caller.as({ token: `ghs_${'0'.repeat(36)}` }).rest('GET', 'git/ref/heads/main');
      const isTold = reply.status === 401 && listMessages(reply).join() === 'Bad credentials';
      return { holds: isTold, seen: describeReply(reply) };
    },
  },
} satisfies Partial<Trials<FactName>>;
