// The doctor: asks a live account, with a tiny image, what no document tells.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../inputs/host.ts';
import { findMissingCredentials, type Inputs, parseInputs } from '../inputs/inputs.ts';
import { openDispatcher, type ProxySettings, takeProxySettings } from '../network/network.ts';
import { parseEnvelope, type Reply } from '../nxcloud/answers.ts';
import { type ClientOptions, NxcloudClient } from '../nxcloud/client.ts';
import type { UploadContent } from '../nxcloud/form.ts';
import type { SignatureAlgorithm } from '../nxcloud/signature.ts';
import { makeRedactor, type Redactor } from '../text/redact.ts';
import { parseServerTime } from '../network/retry.ts';
import { countOf, neutralise, writeSafeJson } from '../text/text.ts';
import { WrongUsage } from './arguments.ts';
import { describeId, type Diagnosis, type Probe, renderDiagnosis } from './doctor-report.ts';

/** An RGB picture of 191 × 100 pixels in one colour: small, and what the media rules take. */
const IMAGE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAL8AAABkCAIAAABYcXa9AAAAyElEQVR42u3SQQ0AAAjEsNOAYBQgGg/wbVIFy1LTcBMJcA/uwT24B9yDe3AP7gH3' +
    '4B7cg3twD7gH9+Ae3APuwT24B/fgHnAP7sE9uAfcg3twD+7BPeAe3IN7cA+4B/fgHtyDe1TAPbgH9+AecA/uwT24B9yDe3AP7sE94B7cg3twD7gH' +
    '9+Ae3IN7wD24B/fgHnAP7sE9uAf3gHtwD+7BPeAe3IN7cA/uAffgHtyDe8A9uAf34B5wD+7BPbgH94B7cA/uwT3gHt4WxzPJ33svYTMAAAAASUVO' +
    'RK5CYII=',
  'base64',
);

/** A service that wants its time corrected is asked once more. */
const MOST_ATTEMPTS = 2;

/** What the doctor needs of its surroundings. */
export interface DoctorOptions {
  readonly host: Host;
  readonly json: boolean;
  /** Asks a question that is answered by yes or no. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly print: (text: string) => void;
}

/**
 * Runs the doctor.
 * @returns the exit code: 0 when an image was accepted, else 1
 * @throws {WrongUsage} when an input is wrong or missing
 */
export async function runDoctor({ host, json, confirm, print }: DoctorOptions): Promise<0 | 1> {
  const { proxy, passwords } = takeProxySettings(host.env);
  const keys = ['access-key', 'access-secret'] as const;
  const secrets = [...keys.map((name) => host.readInput(name)), ...passwords];
  const signatures = new Set<string>();
  const redact = makeRedactor(secrets, host.readInput('business-phone'), signatures);
  const inputs = readInputs(host, redact);
  for (const name of keys) host.forgetInput(name);
  const question =
    `This sends one image of ${countOf(IMAGE.length, 'byte')} three times to ${inputs.apiUrl.host}, for the number ` +
    `…${inputs.businessPhone.slice(-4)}: signed with md5, signed with sha256, and once with a wrong signature. ` +
    'The IDs that come back are not kept. Go on?';
  if (!(await confirm(question))) {
    print('Nothing was sent.\n');
    return 1;
  }
  const diagnosis = await diagnose({ ...inputs, redact, signatures }, proxy);
  print(json ? writeSafeJson(diagnosis) : renderDiagnosis(diagnosis));
  return diagnosis.md5.isAccepted || diagnosis.sha256.isAccepted ? 0 : 1;
}

function readInputs(host: Host, redact: Redactor): Inputs {
  const { inputs, faults } = parseInputs((name) => (name === 'files' ? '*' : host.readInput(name)), redact);
  if (inputs === undefined) throw new WrongUsage(faults.join('; '));
  const missing = findMissingCredentials(inputs).map(
    (name) => `${name}: is missing; ${host.adviseMissing(name)}`,
  );
  if (missing.length > 0) throw new WrongUsage(missing.join('; '));
  return inputs;
}

async function diagnose(
  inputs: Inputs & Pick<ClientOptions, 'redact' | 'signatures'>,
  proxy: ProxySettings,
): Promise<Diagnosis> {
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
    const probeWith = async (
      signatureAlgorithm: SignatureAlgorithm,
      accessSecret: string,
    ): Promise<Probe> => {
      const options = { ...inputs, signatureAlgorithm, accessSecret, dispatcher };
      const { probe, clock } = await probeUpload(options, content);
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

/** Uploads once, or once more when the service asks for it, and keeps what the last reply says. */
async function probeUpload(
  options: ClientOptions,
  content: UploadContent,
): Promise<{ probe: Probe; clock: number | undefined }> {
  let reply: Reply | undefined;
  const client = new NxcloudClient({ ...options, onReply: (last) => (reply = last) });
  const unending = new AbortController().signal;
  let startedAt = Date.now();
  let verdict = await client.uploadOnce(content, unending);
  for (let attempt = 1; attempt < MOST_ATTEMPTS && verdict.kind === 'retry'; attempt += 1) {
    startedAt = Date.now();
    verdict = await client.uploadOnce(content, unending);
  }
  const endedAt = Date.now();
  const envelope = reply === undefined ? undefined : parseEnvelope(reply.body, options.redact);
  const time = reply === undefined ? undefined : parseServerTime(reply.header);
  const probe: Probe = {
    isAccepted: verdict.kind === 'success',
    message: verdict.kind === 'success' ? '' : neutralise(verdict.message),
    status: reply?.status,
    envelope: envelope && { code: envelope.code, message: envelope.message },
    id: verdict.kind === 'success' ? describeId(verdict.id, content, endedAt) : undefined,
  };
  // The header is cut to the second, so it is half a second behind on average.
  const clock = time === undefined ? undefined : time + 500 - (startedAt + endedAt) / 2;
  return { probe, clock };
}
