// Lets a person look into a running simulator and queue answers, with curl.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FaultRule } from './fault-rules.ts';
import { type Fault, type FaultName, faultTable } from './faults.ts';
import type { Simulator } from './server.ts';

const prefix = '/simulator';

/** What can be asked, for printing. */
export const controlHelp = `GET    ${prefix}            received uploads, as JSON
DELETE ${prefix}            forget them
GET    ${prefix}/templates  received calls that create or update templates
GET    ${prefix}/faults     names of all faults
POST   ${prefix}/faults     queue faults, one per line: [<times> x] <name or JSON>; an empty body clears the queue
POST   ${prefix}/hold       let replies wait
POST   ${prefix}/release    send them, and hold no more`;

/** Deals with requests under /simulator and tells whether this was one. */
export function handleControl(
  request: IncomingMessage,
  response: ServerResponse,
  simulator: Simulator,
): boolean {
  const { pathname } = new URL(request.url ?? '/', simulator.url);
  if (pathname !== prefix && !pathname.startsWith(`${prefix}/`)) return false;
  void answerControl(`${request.method} ${pathname}`, request, simulator).then(
    ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    (error: unknown) => response.writeHead(400, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
  );
  return true;
}

/** Reads a queue of faults, one per line: `[<times> x] <name of a table row, or a fault as JSON>`. */
export function parseFaultQueue(lines: string): FaultRule[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, times = '1', fault = ''] = /^(?:(\d+) x )?(.*)$/.exec(line) ?? [];
      return { when: 'always', times: Number(times), fault: parseFault(fault) };
    });
}

async function answerControl(
  call: string,
  request: IncomingMessage,
  simulator: Simulator,
): Promise<{ status: number; body: string }> {
  switch (call) {
    case `GET ${prefix}`:
      return { status: 200, body: print(simulator.uploads) };
    case `DELETE ${prefix}`:
      simulator.reset();
      return { status: 200, body: print([]) };
    case `GET ${prefix}/templates`:
      return { status: 200, body: print(simulator.templateCalls) };
    case `GET ${prefix}/faults`:
      return { status: 200, body: print(faultTable) };
    case `POST ${prefix}/faults`: {
      const rules = parseFaultQueue(await text(request));
      simulator.setFaults(rules);
      return { status: 200, body: print(rules) };
    }
    case `POST ${prefix}/hold`:
      simulator.hold();
      return { status: 200, body: print([]) };
    case `POST ${prefix}/release`:
      simulator.release();
      return { status: 200, body: print([]) };
    default:
      return { status: 404, body: print(controlHelp.split('\n')) };
  }
}

function parseFault(words: string): Fault {
  if (words.startsWith('{')) {
    const fault: Fault = JSON.parse(words);
    if (typeof fault.kind === 'string') return fault;
    throw new Error(`a fault needs a kind: ${words}`);
  }
  if (!Object.hasOwn(faultTable, words)) {
    throw new Error(`no fault is called "${words}"; GET ${prefix}/faults lists them`);
  }
  return faultTable[words as FaultName];
}

function print(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
