import { at } from './caller.ts';
import { testFact } from './fact-test.ts';

testFact(
  'wrong beforeOid',
  async (caller) => {
    const { repository } = caller;
    const start = await repository.head('main');
    const moved = await repository.push('main', { 'a.txt': 'more' });
    const seen: unknown[] = [];
    for (const force of [false, true]) {
      const body = await caller.updateRefs([
        { name: 'refs/heads/main', beforeOid: start, afterOid: start, force },
      ]);
      const message = String(at(body, 'errors.0.message')).replace(/\d{4}-\S+Z|`[\w:]+`/g, '…');
      seen.push([at(body, 'data'), at(body, 'errors.0.type'), message]);
    }
    return [...seen, (await repository.head('main')) === moved];
  },
  {
    written: [
      ...Array.from({ length: 2 }, () => [
        null,
        undefined,
        'Something went wrong while executing your query on …. Please include … when reporting this issue.',
      ]),
      true,
    ],
    otherwise: [
      ...Array.from({ length: 2 }, () => [
        { updateRefs: null },
        'STALE_DATA',
        'A reference is not at its expected value.',
      ]),
      true,
    ],
  },
);
