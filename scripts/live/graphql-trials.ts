// Trials of what GraphQL tells of branches, commits and files.
import { valueAt } from '../../src/text/json.ts';
import { describeReply, listErrors, listMessages, listTypes, type Reply } from './caller.ts';
import type { FactName } from '../../test/github-api/facts.ts';
import type { Ground } from './ground.ts';
import { describeReplies, haveTypes, type Trials, Untried } from './trial.ts';

/** A text over the 1 MB up to which `contents` gives JSON, and over what GraphQL gives. */
const LONG_TEXT = 'long text '.repeat(110_000);
const ZERO_OID = '0'.repeat(40);

/** A first commit: a file, a folder with a file, and a link to the folder. It shares its history with nothing. */
export async function makeRoot(ground: Ground): Promise<string> {
  return await ground.once('root', async () => {
    const folder = await ground.createTree([{ path: 'b.txt', ...FILE, content: 'b' }]);
    const tree = await ground.createTree([
      { path: 'a.txt', ...FILE, content: 'a' },
      { path: 'f', mode: '040000', type: 'tree', sha: folder },
      { path: 'link', mode: '120000', type: 'blob', content: 'f' },
    ]);
    return await ground.createCommit(tree, [], 'A first commit to try things on');
  });
}

/** How a tree lists a file. */
export const FILE = { mode: '100644', type: 'blob' } as const;

/** A branch with a file over each limit of GraphQL. */
export async function makeLarge(ground: Ground): Promise<{ readonly commit: string; readonly text: string }> {
  return await ground.once('large', async () => {
    const text = await ground.createBlob(Buffer.from(LONG_TEXT));
    const large = await ground.createBlob(Buffer.alloc(ground.sizes.largeFile));
    const tree = await ground.createTree([
      { path: 'large.bin', ...FILE, sha: large },
      { path: 'long.txt', ...FILE, sha: text },
    ]);
    const commit = await ground.createCommit(tree, [], 'Files that are too large');
    await ground.createBranch('large', commit);
    return { commit, text };
  });
}

async function askFile(ground: Ground, commit: string, path: string, fields: string): Promise<Reply> {
  const file = `file(path: ${JSON.stringify(path)}) { ${fields} }`;
  return await ground.caller.ask(`object(oid: "${commit}") { ... on Commit { ${file} } }`);
}

function findFileField(reply: Reply, field: string): unknown {
  return valueAt(reply.body, 'data', 'repository', 'object', 'file', field);
}

/** Whether a file is null, and the one error beside it has these words. */
function isRefusedFile(reply: Reply, words: string): boolean {
  const hasFile = valueAt(reply.body, 'data', 'repository', 'object', 'file') !== undefined;
  const isPlaced = valueAt(listErrors(reply)[0], 'path', '2') === 'file';
  return reply.status === 200 && !hasFile && isPlaced && listMessages(reply).join() === words;
}

export const GRAPHQL_TRIALS = {
  'missing file': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const paths = ['none.json', 'link/b.txt'];
      const replies = await Promise.all(paths.map((path) => askFile(ground, root, path, 'oid')));
      const areRefused = replies.every((reply, index) =>
        isRefusedFile(reply, `Could not resolve file for path '${paths[index]}'.`),
      );
      return { holds: areRefused && haveTypes(replies, 'NOT_FOUND'), seen: describeReplies(replies) };
    },
  },
  'large file': {
    needs: 'write',
    look: async (ground) => {
      const reply = await askFile(ground, (await makeLarge(ground)).commit, 'large.bin', 'size');
      return {
        holds: isRefusedFile(reply, 'Could not resolve file over 10mb.'),
        seen: `${describeReply(reply)}, size ${findFileField(reply, 'size') ?? 'not told'}`,
      };
    },
  },
  'cut text': {
    needs: 'write',
    look: async (ground) => {
      const { text } = await makeLarge(ground);
      const { body } = await ground.caller.ask(`object(oid: "${text}") { ... on Blob { isTruncated text } }`);
      const [isTruncated, given] = ['isTruncated', 'text'].map((field) =>
        valueAt(body, 'data', 'repository', 'object', field),
      );
      const { length } = String(given);
      return {
        holds: isTruncated === true && length < LONG_TEXT.length,
        seen: `isTruncated ${isTruncated}, ${length} of ${LONG_TEXT.length} characters`,
      };
    },
  },
  'several errors': {
    needs: 'write',
    look: async (ground) => {
      const numbers = [1, 2].map((n) => `p${n}: pullRequest(number: ${2_147_483_647 - n}) { number }`);
      const reply = await ground.caller.ask(numbers.join(' '));
      const paths = listErrors(reply).map((error) => valueAt(error, 'path', '1'));
      const isEach = paths.join() === 'p1,p2' && listTypes(reply).join() === 'NOT_FOUND,NOT_FOUND';
      return { holds: isEach, seen: `errors at ${paths.join(' and ')}: ${listTypes(reply).join(', ')}` };
    },
  },
  'missing object': {
    needs: 'write',
    look: async (ground) => {
      const root = await makeRoot(ground);
      const fields = [
        `ref(qualifiedName: "refs/heads/${ground.prefix}none") { name }`,
        `object(oid: "${ZERO_OID}") { oid }`,
        `object(expression: "${root}:none.json") { oid }`,
      ];
      const replies = await Promise.all(fields.map((field) => ground.caller.ask(field)));
      const areNull = replies.every(({ body }) =>
        Object.values(Object(valueAt(body, 'data', 'repository'))).every((value) => value === null),
      );
      const errors = replies.flatMap(listErrors).length;
      return {
        holds: areNull && errors === 0,
        seen: areNull ? `null, ${errors} errors` : describeReplies(replies),
      };
    },
  },
  'unused variable': {
    needs: 'write',
    look: async ({ caller }) => {
      const reply = await caller.graphql('query Try($unused: Int) { viewer { login } }', { unused: 1 });
      const code = valueAt(listErrors(reply)[0], 'extensions', 'code');
      const login = valueAt(reply.body, 'data', 'viewer', 'login');
      return {
        holds: code === 'variableNotUsed' && login === undefined,
        seen: `${describeReply(reply)}, code ${code}, ${login === undefined ? 'no data' : 'data'}`,
      };
    },
  },
  'entry mode': {
    needs: 'write',
    look: async (ground) => {
      const reply = await askFile(ground, await makeRoot(ground), 'link', 'mode size');
      const [mode, size] = ['mode', 'size'].map((field) => findFileField(reply, field));
      return { holds: mode === 0o120000 && size === 1, seen: `mode ${mode}, size ${size}` };
    },
  },
  'page size': {
    needs: 'write',
    look: async ({ caller }) => {
      const reply = await caller.ask('refs(refPrefix: "refs/heads/", first: 101) { totalCount }');
      return { holds: haveTypes([reply], 'EXCESSIVE_PAGINATION'), seen: describeReply(reply) };
    },
  },
  'ref names': {
    needs: 'write',
    isOpen: true,
    look: async (ground) => {
      const branch = await ground.createBranch('names/a', await makeRoot(ground));
      const fields = `refs(refPrefix: "refs/heads/${ground.prefix}names/", first: 10) { nodes { name } }`;
      const name = await ground.waitFor(
        async () =>
          valueAt((await ground.caller.ask(fields)).body, 'data', 'repository', 'refs', 'nodes', '0', 'name'),
        (found) => found !== undefined,
      );
      return { holds: name === 'a', seen: `${branch} is called ${name}` };
    },
  },
  'late reads': {
    needs: 'write',
    isOpen: true,
    look: async (ground) => {
      const root = await makeRoot(ground);
      const branch = await ground.createBranch('late', root);
      const reply = await ground.tryCommit(branch, root, { 'a.txt': 'later' });
      if (listErrors(reply).length > 0) throw new Untried(`nothing was committed: ${describeReply(reply)}`);
      const start = Date.now();
      let reads = 0;
      await ground.waitFor(
        () => {
          reads += 1;
          return ground.head(branch);
        },
        (head) => head !== root,
      );
      return {
        holds: reads > 1,
        seen: `what was written was given by read ${reads}, ${Date.now() - start} ms later`,
      };
    },
  },
} satisfies Partial<Trials<FactName>>;
