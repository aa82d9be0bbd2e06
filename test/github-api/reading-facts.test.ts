import { at } from './caller.ts';
import { testFact } from './fact-test.ts';

testFact(
  'missing file',
  async (caller) => {
    await caller.repository.push('main', { link: { link: 'f' } });
    const file = async (path: string): Promise<unknown> => {
      const fields = `ref(qualifiedName: "refs/heads/main") { target { ... on Commit { file(path: "${path}") { oid } } } }`;
      const query = `query Test { repository(owner: "octo", name: "assets") { ${fields} } }`;
      const { status, body } = await caller.graphql(query);
      const [type, where, message] = ['type', 'path', 'message'].map((key) => at(body, `errors.0.${key}`));
      return [status, at(body, 'data.repository.ref.target.file'), type, where, message];
    };
    return [await file('none.json'), await file('link/b.txt')];
  },
  {
    written: ['none.json', 'link/b.txt'].map((path) => [
      200,
      null,
      'NOT_FOUND',
      ['repository', 'ref', 'target', 'file'],
      `Could not resolve file for path '${path}'.`,
    ]),
    otherwise: ['none.json', 'link/b.txt'].map(() => [200, null, undefined, undefined, undefined]),
  },
);

testFact(
  'unused variable',
  async (caller) => {
    const replies = ['query Test($a: Int) { viewer { login } }', 'query($a: Int) { viewer { login } }'].map(
      async (query) => (await caller.graphql(query, { a: 1 })).body,
    );
    return (await Promise.all(replies)).map((body) =>
      ['data.viewer.login', 'errors.0.message', 'errors.0.path.0', 'errors.0.extensions.code'].map((path) =>
        at(body, path),
      ),
    );
  },
  {
    written: [
      [undefined, 'Variable $a is declared by Test but not used', 'query Test', 'variableNotUsed'],
      [undefined, 'Variable $a is declared by anonymous query but not used', 'query', 'variableNotUsed'],
    ],
    otherwise: Array.from({ length: 2 }, () => ['github-actions[bot]', undefined, undefined, undefined]),
  },
);
