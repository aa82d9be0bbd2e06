// The doctor: asks a live account, with a tiny image, what no document tells.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../inputs/host.ts';
import { openDispatcher } from '../network/network.ts';
import { parseServerTime } from '../network/retry.ts';
import { parseEnvelope, type Reply } from '../nxcloud/answers.ts';
import { type ClientOptions, NxcloudClient } from '../nxcloud/client.ts';
import type { UploadContent } from '../nxcloud/form.ts';
import type { SignatureAlgorithm } from '../nxcloud/call.ts';
import { type Run, setUpRun } from '../pipeline/set-up.ts';
import type { Reporter } from '../report/reporter.ts';
import { countOf, formatSafeJson, neutralise } from '../text/text.ts';
import { inspectId, type Diagnosis, type Probe, describeDiagnosis } from './doctor-report.ts';

/** An RGB picture of 191 × 100 pixels in one colour: small, and what the media rules take. */
const IMAGE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAL8AAABkCAIAAABYcXa9AAAAyElEQVR42u3SQQ0AAAjEsNOAYBQgGg/wbVIFy1LTcBMJcA/uwT24B9yDe3AP7gH3' +
    '4B7cg3twD7gH9+Ae3APuwT24B/fgHnAP7sE9uAfcg3twD+7BPeAe3IN7cA+4B/fgHtyDe1TAPbgH9+AecA/uwT24B9yDe3AP7sE94B7cg3twD7gH' +
    '9+Ae3IN7wD24B/fgHnAP7sE9uAf3gHtwD+7BPeAe3IN7cA/uAffgHtyDe8A9uAf34B5wD+7BPbgH94B7cA/uwT3gHt4WxzPJ33svYTMAAAAASUVO' +
    'RK5CYII=',
  'base64',
);

/** What the doctor needs of its surroundings. */
export interface DoctorOptions {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly json: boolean;
  /** Asks a question that is answered by yes or no. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly print: (text: string) => void;
}

/**
 * Runs the doctor.
 * @returns the exit code: 0 when an image was accepted, else 1
 * @throws {StepError} when an input is wrong or missing
 */
export async function runDoctor({ host, reporter, json, confirm, print }: DoctorOptions): Promise<0 | 1> {
  const getInput: Host['getInput'] = (name) => (name === 'files' ? '*' : host.getInput(name));
  const never = new AbortController().signal;
  const run = setUpRun({ ...host, getInput }, reporter, { cancelled: never, publishingEnded: never });
  const { apiUrl, businessPhone } = run.inputs;
  const question =
    `This sends one image of ${countOf(IMAGE.length, 'byte')} three times to ${apiUrl.host}, for the number ` +
    `…${businessPhone.slice(-4)}: signed with md5, signed with sha256, and once with a wrong signature. ` +
    'The IDs that come back are not kept. Go on?';
  // An event that nobody trusts is let in by the command no more than by the action.
  if (run.mode === 'check' || !(await confirm(question))) {
    print('Nothing was sent.\n');
    return 1;
  }
  const diagnosis = await diagnose(run);
  print(json ? formatSafeJson(diagnosis) : describeDiagnosis(diagnosis));
  return diagnosis.md5.isAccepted || diagnosis.sha256.isAccepted ? 0 : 1;
}

async function diagnose({ inputs, redact, signatures, proxy, cancelled }: Run): Promise<Diagnosis> {
  const dispatcher = await openDispatcher(inputs.apiUrl, proxy);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nxcloud-doctor-')));
  try {
    const content: UploadContent = {
      file: join(folder, 'image.png'),
      type: 'image/png',
      sha256: createHash('sha256').update(IMAGE).digest('hex'),
      size: IMAGE.length,
    };
    await writeFile(content.file, IMAGE);
    let clockDifferenceMs: number | undefined;
    const probeWith = async (algorithm: SignatureAlgorithm, secret: string): Promise<Probe> => {
      const signing = { signatureAlgorithm: algorithm, accessSecret: secret, redact, signatures };
      const { probe, clock } = await probeUpload({ ...inputs, ...signing, dispatcher }, content, cancelled);
      clockDifferenceMs = clock ?? clockDifferenceMs;
      return probe;
    };
    const md5 = await probeWith('md5', inputs.accessSecret);
    const sha256 = await probeWith('sha256', inputs.accessSecret);
    const wrongSignature = await probeWith('md5', randomBytes(16).toString('hex'));
    const phone = inputs.businessPhone.slice(-4);
    return { api: inputs.apiUrl.origin, phone, md5, sha256, wrongSignature, clockDifferenceMs };
  } finally {
    await dispatcher.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Uploads once, or once more when the service asks for it, as for a corrected time, and keeps what the last reply says. */
async function probeUpload(
  options: ClientOptions,
  content: UploadContent,
  signal: AbortSignal,
): Promise<{ probe: Probe; clock: number | undefined }> {
  let reply: Reply | undefined;
  const client = new NxcloudClient({ ...options, onReply: (last) => (reply = last) });
  const first = Date.now();
  let verdict = await client.uploadOnce(content, signal);
  const startedAt = verdict.kind === 'retry' ? Date.now() : first;
  if (verdict.kind === 'retry') verdict = await client.uploadOnce(content, signal);
  const endedAt = Date.now();
  const envelope = reply && parseEnvelope(reply.body, options.redact);
  const time = reply && parseServerTime(reply.header);
  const probe: Probe = {
    isAccepted: verdict.kind === 'success',
    message: verdict.kind === 'success' ? '' : neutralise(verdict.message),
    status: reply?.status,
    envelope: envelope && { code: envelope.code, message: envelope.message },
    id: verdict.kind === 'success' ? inspectId(verdict.id, content, endedAt) : undefined,
  };
  // The header is cut to the second, so it is half a second behind on average.
  const clock = time === undefined ? undefined : time + 500 - (startedAt + endedAt) / 2;
  return { probe, clock };
}
