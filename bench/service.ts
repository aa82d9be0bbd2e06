// The simulator in a process of its own, so that it shares no event loop with what is measured.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodePath } from '../runner/run-action.ts';

/** A simulator process. */
export interface Service {
  readonly url: string;
  /** Forgets what arrived. */
  reset(): Promise<void>;
  /** Reads this many bodies at this pace. */
  readSlowly(times: number, bytesPerSecond: number): Promise<void>;
  /** How many uploads were accepted since the last reset. */
  countAccepted(): Promise<number>;
  stop(): void;
}

/** Starts one with the options of `npm run simulator`. */
export async function startService(options: readonly string[] = []): Promise<Service> {
  const script = join(import.meta.dirname, '../simulator/start.ts');
  const child = spawn(nodePath, [script, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let url = '';
  for await (const line of createInterface(child.stdout)) {
    url = /^NXCloud simulator on (\S+)$/.exec(line)?.[1] ?? url;
    if (url !== '') break;
  }
  child.stdout.resume();
  const control = async (method: string, path = '', body?: string): Promise<unknown> => {
    const response = await fetch(`${url}/simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`the simulator answers ${response.status}: ${await response.text()}`);
    return await response.json();
  };
  return {
    url,
    reset: async () => void (await control('DELETE')),
    readSlowly: async (times, bytesPerSecond) => {
      const fault = JSON.stringify({ kind: 'slow-read', bytesPerSecond });
      await control('POST', '/faults', `${times} x ${fault}`);
    },
    countAccepted: async () => {
      const uploads = (await control('GET')) as readonly { readonly accepted: boolean }[];
      return uploads.filter(({ accepted }) => accepted).length;
    },
    stop: () => void child.kill(),
  };
}
