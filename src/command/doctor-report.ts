// What the doctor found, as values and as text. Pure.
import type { Envelope } from '../nxcloud/answers.ts';
import type { UploadContent } from '../nxcloud/form.ts';
import { buildFileName, parseStatedExpiry } from '../nxcloud/file-id.ts';
import { countOf, formatSeconds, shortenId } from '../text/text.ts';

/** How one upload ended. */
export interface Probe {
  readonly isAccepted: boolean;
  /** Why not, or what is odd; empty when it was accepted. */
  readonly message: string;
  /** HTTP status of the last reply; undefined when none came. */
  readonly status: number | undefined;
  readonly envelope: Pick<Envelope, 'code' | 'message'> | undefined;
  readonly id: IdForm | undefined;
}

/** The form of a file ID, without its secret-looking middle. */
export interface IdForm {
  readonly shortened: string;
  readonly characters: number;
  readonly lines: number;
  /** Fields between colons, for each line. */
  readonly fields: readonly number[];
  /** Whether the file name that was sent is readable in it. */
  readonly namesFile: boolean;
  /** Whether the type that was sent is readable in it. */
  readonly namesType: boolean;
  /** ISO 8601; undefined when it states none. */
  readonly statedExpiry: string | undefined;
  /** Days from the upload to the stated expiry. */
  readonly statedDays: number | undefined;
}

/** All that the doctor found. Plain JSON data. */
export interface Diagnosis {
  readonly api: string;
  /** The last four digits. */
  readonly phone: string;
  readonly md5: Probe;
  readonly sha256: Probe;
  readonly wrongSignature: Probe;
  /** The service's clock minus this machine's, in milliseconds, to about a second; undefined when it tells no time. */
  readonly clockDifferenceMs: number | undefined;
}

const DAY = 86_400_000;

/** The form of the ID that came back for an image, uploaded at a time in milliseconds since 1970. */
export function inspectId(
  id: string,
  { sha256, type }: Pick<UploadContent, 'sha256' | 'type'>,
  at: number,
): IdForm {
  const lines = id.split('\n');
  const [, name = '', mime = ''] = (lines[0] ?? '').split(':');
  const expiry = parseStatedExpiry(id);
  return {
    shortened: shortenId(id),
    characters: id.length,
    lines: lines.length,
    fields: lines.map((line) => line.split(':').length),
    namesFile: decode(name) === buildFileName(sha256, type),
    namesType: decode(mime) === type,
    statedExpiry: expiry === undefined ? undefined : new Date(expiry).toISOString(),
    statedDays: expiry === undefined ? undefined : Math.round(((expiry - at) / DAY) * 100) / 100,
  };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** The diagnosis for people. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { md5, sha256, wrongSignature, clockDifferenceMs } = diagnosis;
  const form = md5.id ?? sha256.id;
  const rows: [string, string][] = [
    ['Service', `${diagnosis.api}, number …${diagnosis.phone}`],
    ['Upload signed with md5', describeProbe(md5)],
    ['Upload signed with sha256', describeProbe(sha256)],
    ['Wrong signature', `${wrongSignature.isAccepted ? 'accepted, ' : ''}${describeReply(wrongSignature)}`],
    ['Clock', describeClock(clockDifferenceMs)],
    ...(form === undefined ? [] : describeForm(form)),
  ];
  return rows.map(([name, value]) => `${name.padEnd(27)}${value}\n`).join('');
}

function describeProbe(probe: Probe): string {
  return probe.isAccepted ? `accepted, ${describeReply(probe)}` : `not accepted: ${probe.message}`;
}

function describeReply({ status, envelope, message }: Probe): string {
  if (status === undefined) return `no reply: ${message}`;
  if (envelope === undefined) return `HTTP ${status} without a result`;
  const said = envelope.message === '' ? '' : ` "${envelope.message}"`;
  return `HTTP ${status}, code ${envelope.code}${said}`;
}

function describeClock(difference: number | undefined): string {
  if (difference === undefined) return 'the service does not tell its time';
  const side = difference > 0 ? 'behind' : 'ahead of';
  if (Math.abs(difference) < 2000) return 'agrees with the service to two seconds';
  return `this machine is ${formatSeconds(Math.abs(difference))} ${side} the service`;
}

function describeForm(form: IdForm): [string, string][] {
  const counts = [...new Set(form.fields)].join(' or ');
  const size = `${countOf(form.lines, 'line')}, ${countOf(form.characters, 'character')}, ${counts} fields in a line`;
  const expiry =
    form.statedExpiry === undefined
      ? 'none'
      : `${form.statedExpiry}, ${form.statedDays} days after the upload`;
  const readable = [form.namesFile ? 'file name' : '', form.namesType ? 'type' : ''].filter(Boolean);
  return [
    ['File ID', form.shortened],
    ['  its form', size],
    ['  readable in it', readable.length === 0 ? 'nothing of what was sent' : readable.join(', ')],
    ['  stated expiry', expiry],
  ];
}
