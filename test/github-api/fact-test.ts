// A test of one fact: what the stand-in answers as it is written, and otherwise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Caller, check } from './caller.ts';
import { FACTS, type FactName } from './facts.ts';

/** Looks at the same thing twice, the second time with the fact flipped. The test is named by the fact's row. */
export function testFact(
  name: FactName,
  observe: (caller: Caller) => Promise<unknown>,
  expected: { readonly written: unknown; readonly otherwise: unknown },
): void {
  test(FACTS[name].what, async () => {
    await check(async (caller) => assert.deepEqual(await observe(caller), expected.written))();
    await check(async (caller) => {
      caller.api.facts.flip(name);
      assert.deepEqual(await observe(caller), expected.otherwise);
    })();
  });
}
