// What every fault leads to: NXCloud's decision table as a user of the action meets it. One row per fault.
import { type Fault, type FaultName, faultTable } from '../../simulator/faults.ts';

/**
 * What the action does about a fault:
 * - `nothing`: there is nothing to do, the upload succeeds.
 * - `try again`: up to 4 further attempts; a file that has used them up fails, and five such files in a row stop the run.
 * - `fail the file`: this file fails at once, the others are none the worse.
 * - `fail the file, five stop`: this file fails at once; five in a row for the same cause stop the run.
 * - `stop`: the run stops at once, this file and the rest are pending.
 */
export type Reaction = 'nothing' | 'try again' | 'fail the file' | 'fail the file, five stop' | 'stop';

/** How often a fault strikes: the next request, the next three, or every one from then on. */
export const counts = ['once', 'thrice', 'for good'] as const;
export type Count = (typeof counts)[number];

/** What is to be expected of the files from the struck one on. */
export interface Course {
  /** How many are tried and fail, the struck one first. */
  readonly failed: number;
  /** Requests from the struck one on. */
  readonly requests: number;
  /** Attempts that are announced as to be tried again. */
  readonly repeats: number;
  /** Whether the run stops after them; if not, the rest succeed. */
  readonly stops: boolean;
}

/**
 * Foresees a run whose uploads go one after the other, with `left` files from the struck one on (itself included) and 4
 * further attempts per file.
 */
export function foreseeCourse(reaction: Reaction, count: Count, left: number): Course {
  const strikes = { once: 1, thrice: 3, 'for good': Number.POSITIVE_INFINITY }[count];
  const struck = Math.min(strikes, left);
  const untroubled = { failed: 0, requests: left, repeats: 0, stops: false };
  switch (reaction) {
    case 'nothing':
      return untroubled;
    case 'stop':
      return { failed: 0, requests: 1, repeats: 0, stops: true };
    case 'fail the file':
      return { ...untroubled, failed: struck };
    case 'fail the file, five stop':
      return struck < 5
        ? { ...untroubled, failed: struck }
        : { failed: 5, requests: 5, repeats: 0, stops: true };
    case 'try again': {
      if (count !== 'for good') return { ...untroubled, requests: left + strikes, repeats: strikes };
      const failed = Math.min(5, left);
      return { failed, requests: 5 * failed, repeats: 4 * failed, stops: failed === 5 };
    }
  }
}

/** One row: what the action does, and a piece of what the user reads about it. */
export interface ExpectedReaction {
  readonly does: Reaction;
  /** Absent where nothing is said, as nothing went wrong. */
  readonly says?: RegExp;
  /** The service breaks the connection while the reply is on its way: which is noticed first is open, and both are right. */
  readonly isRace?: boolean;
  /** It is told by whether clocks agree: on a fast one, what a reply takes would set them apart, so this one stands. */
  readonly comparesClocks?: boolean;
  /** Nothing ends it but `timeout`. */
  readonly isSlow?: boolean;
}

/** What is told of a connection that the service breaks. */
export const closed =
  /server closed the connection (?:while the file was being sent|before its reply was complete) \(/;
const noWholeReply = /server closed the connection before its reply was complete \(/;
const noReply = /no complete reply from NXCloud within \d+ s \(`timeout`\)/;
/** Whether a small file has left as a whole by then is open. */
const noMore =
  /(?:no complete reply from NXCloud|NXCloud took no more of the file) within \d+ s \(`timeout`\)/;
const unreadable = /NXCloud answered HTTP 200 without a readable result/;
const noId = /NXCloud reported success, but there is no ID in it/;
const redirects = (status: number): RegExp =>
  new RegExp(`HTTP ${status}: it redirects, and redirects are never followed; check \`api-url\``);
const tooLarge = /HTTP 413: the file is larger than NXCloud, or a gateway on the way, accepts/;

/** Answers and behaviour of the service. */
export const faultReactions: Readonly<Record<FaultName, ExpectedReaction>> = {
  // A specific code decides whatever the HTTP status.
  'code 1001': {
    does: 'stop',
    says: /code 1001 .*A common parameter is missing or wrong: check `access-key`, `api-url`/,
  },
  'code 1002': { does: 'stop', says: /code 1002 .*A common parameter is missing or wrong/ },
  'code 1003': { does: 'stop', says: /code 1003 .*The signature is invalid: check `access-secret`/ },
  'code 1003 as text': { does: 'stop', says: /The signature is invalid: check `access-secret`/ },
  'code 1003 with status 401': { does: 'stop', says: /The signature is invalid: check `access-secret`/ },
  'code 1004': {
    does: 'try again',
    says: /code 1004 .*the clocks agree, so connecting and sending took longer than the 60 s/,
    comparesClocks: true,
  },
  'code 1004 without date': {
    does: 'try again',
    says: /code 1004 .*does not tell its own; check this machine's clock/,
  },
  'code 1005': { does: 'stop', says: /code 1005 .*no permission for this call: check `access-key`/ },
  'code 1006': { does: 'stop', says: /code 1006 .*check `access-key`/ },
  'code 9000': { does: 'fail the file', says: /code 9000 .*it refuses this file's parameters/ },
  'code 9000 with status 503': {
    does: 'fail the file',
    says: /code 9000 .*it refuses this file's parameters/,
  },
  'code 9001': { does: 'try again', says: /code 9001 .*a business error of the service/ },
  'code 9002': { does: 'stop', says: /code 9002 .*not a WhatsApp number: check `business-phone`/ },
  'code 9006': {
    does: 'stop',
    says: /code 9006 .*not bound to this application: check `business-phone`.* ask your NXCloud/,
  },
  'code 9099': {
    does: 'fail the file, five stop',
    says: /code 9099 "simulated failure 9099", details \{"message":"Unsupported media","code":131053\}, traceId f00d4a11c0de/,
  },
  'code 4711': {
    does: 'fail the file, five stop',
    says: /NXCloud answered code 4711 "simulated failure 4711"/,
  },
  'hostile texts': {
    does: 'fail the file, five stop',
    says: /code 9099 ":\\:error title=hostile::from the server\\u000a##\\\[add-mask]/,
  },

  // With -1, or without an envelope, the HTTP status decides.
  'code -1': { does: 'try again', says: /NXCloud answered HTTP 200, code -1 "simulated failure -1"/ },
  'code -1 as text': { does: 'try again', says: /HTTP 200, code -1 "simulated failure -1"/ },
  'code -1 with status 400': {
    does: 'fail the file, five stop',
    says: /HTTP 400, code -1 "simulated failure -1"/,
  },
  'code -1 with status 503': { does: 'try again', says: /HTTP 503, code -1 "simulated failure -1"/ },
  'status 400': { does: 'fail the file, five stop', says: /NXCloud answered HTTP 400; check `api-url`/ },
  'status 401': { does: 'stop', says: /HTTP 401. Access is refused: check `access-key` and `api-url`/ },
  'status 403': { does: 'stop', says: /HTTP 403. Access is refused: check `access-key` and `api-url`/ },
  'status 404': { does: 'fail the file, five stop', says: /HTTP 404; check `api-url`/ },
  'status 408': { does: 'try again', says: /HTTP 408/ },
  'status 413': { does: 'fail the file', says: tooLarge },
  'status 425': { does: 'try again', says: /HTTP 425/ },
  'status 429': { does: 'try again', says: /HTTP 429: too many requests/ },
  'status 429 with envelope': {
    does: 'try again',
    says: /HTTP 429, code -1 "simulated failure": too many requests/,
  },
  'status 429, retry after seconds': { does: 'try again', says: /HTTP 429: too many requests/ },
  'status 429, retry after date': { does: 'try again', says: /HTTP 429: too many requests/ },
  'status 429, retry after an hour': { does: 'try again', says: /HTTP 429: too many requests/ },
  'status 429, retry after nonsense': { does: 'try again', says: /HTTP 429: too many requests/ },
  'status 500': { does: 'try again', says: /HTTP 500/ },
  'status 500 with envelope': { does: 'try again', says: /HTTP 500, code -1 "simulated failure"/ },
  'status 501': { does: 'try again', says: /HTTP 501/ },
  'status 502': { does: 'try again', says: /HTTP 502/ },
  'status 503': { does: 'try again', says: /HTTP 503/ },
  'status 503, retry after seconds': { does: 'try again', says: /HTTP 503/ },
  'status 503, retry after date': { does: 'try again', says: /HTTP 503/ },
  'status 504': { does: 'try again', says: /HTTP 504/ },
  'redirect 301': { does: 'fail the file, five stop', says: redirects(301) },
  'redirect 302': { does: 'fail the file, five stop', says: redirects(302) },
  'redirect 307': { does: 'fail the file, five stop', says: redirects(307) },
  'redirect 308': { does: 'fail the file, five stop', says: redirects(308) },

  // The connection.
  'reset before the body': { does: 'try again', says: closed },
  'reset in the middle of the body': { does: 'try again', says: closed },
  'reset after the body': { does: 'try again', says: noWholeReply },
  'reply lost after acceptance': { does: 'try again', says: noWholeReply },
  'reply cut off by close': { does: 'try again', says: noWholeReply },
  'reply cut off by reset': { does: 'try again', says: noWholeReply },
  'stall before the body': { does: 'try again', says: noMore, isSlow: true },
  'stall in the middle of the body': { does: 'try again', says: noMore, isSlow: true },
  'stall after the body': { does: 'try again', says: noReply, isSlow: true },
  'reply stalls': { does: 'try again', says: noReply, isSlow: true },
  'reply one byte per second': { does: 'try again', says: noReply, isSlow: true },
  'reply of 400 MB': { does: 'try again', says: /the reply of NXCloud is larger than 1 MiB/ },
  'reply of declared 400 MB': { does: 'try again', says: /the reply of NXCloud is larger than 1 MiB/ },
  'early 413, closed': { does: 'fail the file', says: tooLarge, isRace: true },
  'early 413, reset': { does: 'fail the file', says: tooLarge, isRace: true },
  'early 413, body read': { does: 'fail the file', says: tooLarge },
  'connection: close': { does: 'nothing' },
  'stale connection, closed': { does: 'nothing', isRace: true },
  'stale connection, reset on reuse': { does: 'nothing', isRace: true },
  'slow reading': { does: 'nothing' },

  // Replies that are none, and IDs that are none.
  'HTML with 200': {
    does: 'try again',
    says: /without a readable result \(the reply begins "<html><body>Maintenance/,
  },
  'empty reply': { does: 'try again', says: /without a readable result \(an empty reply\)/ },
  'JSON null': { does: 'try again', says: unreadable },
  'JSON array': { does: 'try again', says: unreadable },
  'JSON string': { does: 'try again', says: unreadable },
  'JSON without code': { does: 'try again', says: unreadable },
  'JSON with word as code': { does: 'try again', says: unreadable },
  'JSON with object as code': { does: 'try again', says: unreadable },
  'JSON with data as text': { does: 'try again', says: noId },
  'JSON with data as array': { does: 'try again', says: noId },
  'JSON with prototype key': { does: 'try again', says: unreadable },
  'JSON nested deeply': { does: 'try again', says: unreadable },
  'ID empty': { does: 'try again', says: /NXCloud reported success, but the ID is empty/ },
  'ID missing': { does: 'try again', says: noId },
  'ID null': { does: 'try again', says: noId },
  'ID a number': { does: 'try again', says: noId },
  'ID of 100 KB': { does: 'try again', says: /but the ID has \d{6} bytes; at most 65536 are accepted/ },
  'ID of another content': { does: 'try again', says: /but the ID names another file/ },
  'ID with control characters': { does: 'try again', says: /but the ID contains control characters/ },
  // IDs may have several lines of whatever can be printed; they are data, never text for the log.
  'ID with commands and Markdown': { does: 'nothing' },
};

/** The faults that nothing ends but `timeout`. */
export const endlessFaults: ReadonlySet<Fault | undefined> = new Set(
  Object.entries(faultTable).flatMap(([name, fault]) =>
    faultReactions[name as FaultName].isSlow ? [fault] : [],
  ),
);

/** How the way to the service can be barred: what its name leads to in place of its address. */
export type Barrier =
  | 'nobody listens'
  | 'unknown name'
  | 'no name server'
  | 'another host'
  | 'unknown authority'
  | 'no TLS';

export const barrierReactions: Readonly<Record<Barrier, ExpectedReaction>> = {
  'nobody listens': { does: 'try again', says: /the connection was refused \(connect ECONNREFUSED/ },
  'unknown name': { does: 'try again', says: /the host name cannot be resolved \(.*ENOTFOUND/ },
  'no name server': { does: 'try again', says: /the host name cannot be resolved \(.*EAI_AGAIN/ },
  'another host': {
    does: 'try again',
    says: /the secure connection failed \(.*nxcloud\.test.* is not in the cert/,
  },
  'unknown authority': { does: 'try again', says: /the secure connection failed \(.*NODE_EXTRA_CA_CERTS/ },
  'no TLS': { does: 'try again', says: /the secure connection failed \(.*wrong version number/ },
};
