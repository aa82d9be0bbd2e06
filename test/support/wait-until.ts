// Waiting for what no event tells of.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once it is so, however long that takes: whoever waits in vain is ended by the limit of the whole test. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
