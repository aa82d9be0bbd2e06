// The simulator's memory of one request.
import type { IncomingMessage } from 'node:http';
import type { Answer } from './codes.ts';
import type { Fault } from './faults.ts';
import type { BodyReading } from './multipart.ts';

/**
 * What became of a request: `accepted` or `refused` by the rules, turned away as `busy`, struck by a `fault`,
 * or `aborted` by the client; `open` while it is under way.
 */
export type Verdict = 'open' | 'accepted' | 'refused' | 'busy' | 'fault' | 'aborted';

/** One request as received; filled in while it arrives. Times are milliseconds since 1970, of the real clock. */
export type ReceivedUpload = {
  index: number;
  /** Ordinal of the connection, from 0. */
  connection: number;
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  fields: Record<string, string>;
  fileName: string;
  fileIndex: number;
  attemptOfThisFile: number;
  contentType: string;
  /** Bytes of the file, and its SHA-256 in hex when it came whole. */
  size: number;
  sha256: string;
  verdict: Verdict;
  /** True when the service keeps the file and made an ID, whether or not the client learned it. */
  accepted: boolean;
  id: string | undefined;
  /** Every mistake found in the request, the answer names the first; faults do not hide them. */
  mistakes: string[];
  fault: Fault | undefined;
  /** True as soon as the fault does its work. */
  isStruck: boolean;
  /** The reply that was sent, its body cut after 4 096 characters; undefined when none was sent as a whole. */
  answer: Answer | undefined;
  receivedAt: number;
  /** When the exchange was over, or undefined. */
  endedAt: number | undefined;
};

/** The record of a request of which only the head has arrived. */
export function describeArrival(request: IncomingMessage, index: number, connection: number): ReceivedUpload {
  return {
    index,
    connection,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    fields: {},
    fileName: '',
    fileIndex: -1,
    attemptOfThisFile: 0,
    contentType: '',
    size: 0,
    sha256: '',
    verdict: 'open',
    accepted: false,
    id: undefined,
    mistakes: [],
    fault: undefined,
    isStruck: false,
    answer: undefined,
    receivedAt: Date.now(),
    endedAt: undefined,
  };
}

/** Adds what a body says that was read to its end. */
export function noteBody(upload: ReceivedUpload, body: BodyReading): void {
  upload.fields = Object.fromEntries(body.fields.map(({ name, value }) => [name, value]));
  const file = body.files[0];
  if (file === undefined) return;
  upload.contentType = file.contentType;
  upload.size = file.size;
  upload.sha256 = file.sha256;
}
