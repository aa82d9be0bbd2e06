// A strict NXCloud endpoint on loopback that remembers everything it received and fails on demand.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, findAccount, findBodyRefusals, findHeadRefusals, type RequestHead } from './checks.ts';
import { type Answer, answerWith, codes, type Refusal } from './codes.ts';
import { armRules, type FaultRule, takeFault, type UploadInView } from './fault-rules.ts';
import { type Fault, findFaultMoment, isAcceptedDespite, performFault } from './faults.ts';
import { createFileId } from './file-ids.ts';
import { type BodyReading, startReading } from './multipart.ts';
import { describeArrival, noteBody, type ReceivedUpload } from './received-upload.ts';
import { isTemplateCall, openTemplateDesk, type TemplateCall } from './templates.ts';

/** Settings, all optional. */
export type SimulatorOptions = {
  readonly accounts?: readonly Account[];
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port?: number | undefined;
  /** PEM texts; with them the server speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The clock that time stamps are compared with and that the Date header shows. */
  readonly now?: () => number;
  /** Added to the clock. */
  readonly clockOffsetMs?: number;
  /** How far a time stamp may lie from the clock; 60 000 as the vendor says. */
  readonly toleranceMs?: number;
  /** Waited before each reply. */
  readonly latencyMs?: number | undefined;
  /** More requests than this in flight are answered with 429. */
  readonly capacity?: number | undefined;
  /** What those get besides their 429. */
  readonly retryAfter?: string;
  /** Lifetime that IDs state, in seconds; without it they state none. */
  readonly expiresAfterSeconds?: number | undefined;
  /** Files get a line of ID for every started block of this many bytes; one line without it. */
  readonly bytesPerIdLine?: number | undefined;
  /** Same seed and same uploads, same IDs. */
  readonly seed?: string;
  /** HTTP status of refusals; 200 as is common for such services. */
  readonly refusalStatus?: number;
  readonly faults?: readonly FaultRule[];
  /** Idle connections are closed after this; 60 000 by default. */
  readonly keepAliveMs?: number;
  /** Sees requests first; answers true when a request was none of the service's and is dealt with. */
  readonly control?: (request: IncomingMessage, response: ServerResponse, simulator: Simulator) => boolean;
  /** Told each request that a fault strikes, right before it does. */
  readonly onFault?: (upload: ReceivedUpload) => void;
  /** Told each request when its exchange is over. */
  readonly onUpload?: (upload: ReceivedUpload) => void;
  /** Told each call that creates or updates a template, before its reply. */
  readonly onTemplate?: (call: TemplateCall) => void;
  /** How latency and slow faults pass their time; by default with a timer. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
};

/** A running simulator. */
export type Simulator = {
  /** Origin without a final slash. */
  readonly url: string;
  readonly accounts: readonly Account[];
  /** Every request in order of arrival. */
  readonly uploads: readonly ReceivedUpload[];
  /** Calls that create or update templates, in order of arrival; they are no uploads and are struck by no fault. */
  readonly templateCalls: readonly TemplateCall[];
  readonly requestCount: number;
  readonly acceptedCount: number;
  /** Highest number of requests in flight since the start or the last reset. */
  readonly maxInFlight: number;
  readonly openConnections: number;
  /** What arrived that was no HTTP request. */
  readonly protocolErrors: readonly string[];
  /** Replaces the rules. */
  setFaults(rules: readonly FaultRule[]): void;
  setClockOffset(milliseconds: number): void;
  /** From now on replies wait to be released, however late they come. */
  hold(): void;
  /** Sends the replies that were held, and holds no more. */
  release(): void;
  /** Resolves once it is so; asked whenever a request arrives, is struck, is accepted or is over. */
  waitFor(isSo: () => boolean): Promise<void>;
  /** Forgets what was received, and the templates; connections, rules and given IDs stay. */
  reset(): void;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
};

/** The account used when none is given. */
export const demoAccount: Account = {
  accessKey: 'demo-access-key',
  accessSecret: 'demo-access-secret',
  phones: ['4915112345678'],
};

const requestHeadSize = 32 * 1024;
const keptAnswerLength = 4096;

/** Starts a simulator on 127.0.0.1 and a free port, unless told otherwise. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const accounts = options.accounts ?? [demoAccount];
  const connections = new WeakMap<Socket, number>();
  const sockets = new Set<Socket>();
  const plainSockets = new Map<number, Socket>();
  const staleSockets = new WeakMap<Socket, Fault>();
  const files = new Map<string, { fileIndex: number; attempts: number }>();
  const givenIds = new Map<string, number>();
  let uploads: ReceivedUpload[] = [];
  let templateCalls: TemplateCall[] = [];
  let protocolErrors: string[] = [];
  let rules = armRules(options.faults ?? []);
  let clockOffset = options.clockOffsetMs ?? 0;
  let connectionCount = 0;
  let acceptedCount = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let held: PromiseWithResolvers<void> | undefined;
  const waiting = new Map<() => boolean, () => void>();

  const wait = options.wait ?? sleep;
  const now = () => (options.now ?? Date.now)() + clockOffset;
  const toleranceMs = options.toleranceMs ?? 60_000;
  const desk = openTemplateDesk({ accounts, toleranceMs, now, succeed: describeSuccess, refuse });

  function tellWaiting(): void {
    for (const [isSo, resolve] of waiting) {
      if (!isSo()) continue;
      waiting.delete(isSo);
      resolve();
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const upload = describeArrival(request, uploads.length, connections.get(request.socket) ?? -1);
    uploads.push(upload);
    const stale = staleSockets.get(request.socket);
    if (stale !== undefined) {
      Object.assign(upload, { verdict: 'fault', fault: stale, endedAt: Date.now() });
      resetConnection(request.socket);
      return;
    }
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    tellWaiting();
    const busy = inFlight > (options.capacity ?? Number.POSITIVE_INFINITY);
    let released = false;
    // A client may send its next request as soon as it has the reply, so the place is given back just before it.
    const release = () => {
      if (!released) inFlight -= 1;
      released = true;
    };
    try {
      await deal(upload, request, response, busy, release);
    } catch (error) {
      upload.verdict = 'aborted';
      if (!isDisconnect(error)) protocolErrors.push(String(error));
    } finally {
      release();
      upload.endedAt = Date.now();
      options.onUpload?.(upload);
      tellWaiting();
    }
  }

  async function deal(
    upload: ReceivedUpload,
    request: IncomingMessage,
    response: ServerResponse,
    busy: boolean,
    release: () => void,
  ): Promise<void> {
    const head: RequestHead = {
      method: upload.method,
      path: upload.path,
      rawHeaders: upload.rawHeaders,
    };
    const headRefusals = findHeadRefusals(head, {
      accounts,
      now: now(),
      toleranceMs,
      action: 'uploadTemplateFile',
    });
    const body = startReading(request, wait);
    const reset = () => resetConnection(request.socket);
    const strike = (struck: Fault, honest?: Answer) => {
      upload.isStruck = true;
      options.onFault?.(upload);
      tellWaiting();
      return performFault(struck, {
        request,
        response,
        honest,
        id: upload.id,
        now: now(),
        wait,
        send,
        reset,
      });
    };
    const send = async (answer: Answer, thenReset?: 'reset') => {
      await held?.promise;
      release();
      upload.answer = { ...answer, body: answer.body.slice(0, keptAnswerLength) };
      await sendAnswer(response, answer, now(), thenReset === 'reset' ? reset : undefined);
    };

    await body.readTo('file-head');
    noteFileName(upload, body);
    const fault = busy ? undefined : takeFault(rules, viewUpload(upload));
    upload.fault = fault;
    if (fault !== undefined && findFaultMoment(fault) !== 'end') {
      if (findFaultMoment(fault) === 'middle') await body.readTo('half');
      upload.verdict = 'fault';
      if (fault.kind === 'stall') release();
      await strike(fault);
      if (fault.kind === 'early' && fault.ending === 'read') await body.readTo('end');
      return;
    }

    await body.readTo('end', fault?.kind === 'slow-read' ? fault.bytesPerSecond : undefined);
    noteBody(upload, body);
    if (options.latencyMs) await wait(options.latencyMs);
    if (busy) {
      upload.verdict = 'busy';
      return send(describeBusy(options.retryAfter));
    }
    const refusals = [...headRefusals, ...findBodyRefusals(body, findAccount(head, accounts))];
    upload.mistakes = refusals.map(({ code, message }) => `${code} ${message}`);
    const refusal = refusals[0];
    if (refusal === undefined && (fault === undefined || isAcceptedDespite(fault))) accept(upload);
    else upload.verdict = fault === undefined || isAcceptedDespite(fault) ? 'refused' : 'fault';
    const honest = refusal === undefined ? describeSuccess({ id: upload.id }) : refuse(refusal);
    if (fault === undefined) return send(honest);
    if (fault.kind === 'stale' && fault.how === 'reset-on-reuse') staleSockets.set(request.socket, fault);
    await strike(fault, honest);
  }

  function accept(upload: ReceivedUpload): void {
    const content = `${options.seed ?? 'seed'}/${upload.headers.accesskey}/${upload.fields.business_phone}/${upload.sha256}`;
    const repetition = (givenIds.get(content) ?? 0) + 1;
    givenIds.set(content, repetition);
    const expiresAt =
      options.expiresAfterSeconds === undefined
        ? undefined
        : Math.floor(now() / 1000) + options.expiresAfterSeconds;
    upload.id = createFileId(
      {
        fileName: upload.fileName,
        contentType: upload.contentType,
        size: upload.size,
        unique: `${content}/${repetition}`,
      },
      {
        expiresAt,
        bytesPerLine: options.bytesPerIdLine ?? Number.POSITIVE_INFINITY,
      },
    );
    desk.noteId(upload.id, {
      accessKey: String(upload.headers.accesskey),
      phone: upload.fields.business_phone ?? '',
      contentType: upload.contentType,
      expiresAt,
    });
    upload.accepted = true;
    upload.verdict = 'accepted';
    acceptedCount += 1;
    tellWaiting();
  }

  async function serveTemplate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const call = await desk.deal(request);
      templateCalls.push(call);
      options.onTemplate?.(call);
      await sendAnswer(response, call.answer, now(), undefined);
    } catch (error) {
      if (!isDisconnect(error)) protocolErrors.push(String(error));
    }
  }

  function noteFileName(upload: ReceivedUpload, body: BodyReading): void {
    upload.fileName = body.files[0]?.fileName ?? '';
    const file = files.get(upload.fileName) ?? { fileIndex: files.size, attempts: 0 };
    file.attempts += 1;
    files.set(upload.fileName, file);
    upload.attemptOfThisFile = file.attempts;
    upload.fileIndex = file.fileIndex;
  }

  function viewUpload(upload: ReceivedUpload): UploadInView {
    const { index, fileIndex, attemptOfThisFile, fileName, headers } = upload;
    return {
      index,
      fileIndex,
      attemptOfThisFile,
      fileName,
      total: uploads.length,
      acceptedSoFar: acceptedCount,
      inFlight,
      headers,
    };
  }

  function refuse({ code, message, status, error }: Refusal): Answer {
    return answerWith(
      { code, data: error === undefined ? null : { error }, message },
      status ?? options.refusalStatus ?? 200,
    );
  }

  // Only a plain socket can be reset, so the one beneath a TLS socket is looked up by the peer's port.
  function resetConnection({ remotePort = 0 }: Socket): void {
    plainSockets.get(remotePort)?.resetAndDestroy();
  }

  const server = openServer(options);
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    if (options.control?.(request, response, simulator)) return;
    void (isTemplateCall(request) ? serveTemplate(request, response) : serve(request, response));
  };
  server.on('request', listen);
  server.on('checkContinue', listen);
  server.on('checkExpectation', listen);
  server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket;
    plainSockets.set(remotePort, socket);
    socket.on('close', () => {
      if (plainSockets.get(remotePort) === socket) plainSockets.delete(remotePort);
    });
  });
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections.set(socket, connectionCount);
    connectionCount += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Faults make sockets fail on purpose; what matters of it shows in the uploads.
    socket.on('error', () => undefined);
  });
  server.on('clientError', (error: Error, socket: Socket) => {
    if (!isDisconnect(error)) protocolErrors.push(error.message);
    socket.destroy();
  });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');

  const simulator: Simulator = {
    url: describeUrl(server, options),
    accounts,
    get uploads() {
      return uploads;
    },
    get templateCalls() {
      return templateCalls;
    },
    get requestCount() {
      return uploads.length;
    },
    get acceptedCount() {
      return acceptedCount;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    get openConnections() {
      return sockets.size;
    },
    get protocolErrors() {
      return protocolErrors;
    },
    setFaults(newRules) {
      rules = armRules(newRules);
    },
    setClockOffset(milliseconds) {
      clockOffset = milliseconds;
    },
    hold() {
      held ??= Promise.withResolvers();
    },
    release() {
      held?.resolve();
      held = undefined;
    },
    async waitFor(isSo) {
      if (!isSo()) await new Promise<void>((resolve) => waiting.set(isSo, resolve));
    },
    reset() {
      uploads = [];
      templateCalls = [];
      desk.forget();
      protocolErrors = [];
      files.clear();
      acceptedCount = 0;
      maxInFlight = inFlight;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      simulator.release();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return simulator;
}

function openServer({ tls, keepAliveMs }: SimulatorOptions): Server {
  const settings = {
    keepAliveTimeout: keepAliveMs ?? 60_000,
    requestTimeout: 0,
    headersTimeout: 0,
    maxHeaderSize: requestHeadSize,
  };
  return tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls });
}

function describeUrl(server: Server, { tls, host }: SimulatorOptions): string {
  const { port } = server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://${host ?? '127.0.0.1'}:${port}`;
}

function describeSuccess(data: unknown): Answer {
  return answerWith({ code: codes.success, data, message: 'Request successful' });
}

function describeBusy(retryAfter: string | undefined): Answer {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return answerWith({ code: -1, data: null, message: 'too many requests' }, 429, headers);
}

async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  now: number,
  reset: (() => void) | undefined,
): Promise<void> {
  if (response.destroyed) return;
  response.sendDate = false;
  const { date = new Date(now).toUTCString(), ...headers } = answer.headers;
  const length = Buffer.byteLength(answer.body);
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.writeHead(answer.status, {
    ...(date === '' ? {} : { date }),
    ...headers,
    'content-length': length,
  });
  if (reset === undefined) response.end(answer.body);
  else response.write(answer.body, reset);
  await closed;
}

function isDisconnect(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR'
  );
}
