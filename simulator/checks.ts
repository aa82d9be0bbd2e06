// Judges a request as strictly as NXCloud's documentation allows, and more strictly where it is silent.
import { codes, type Refusal } from './codes.ts';
import type { BodyReading } from './multipart.ts';
import { computeExpectedSignature } from './signature.ts';

/** An account of the simulated service; phones are digits with country code. */
export type Account = {
  readonly accessKey: string;
  readonly accessSecret: string;
  readonly phones: readonly string[];
};

/** The head of a request, as received. */
export type RequestHead = {
  readonly method: string;
  readonly path: string;
  /** Name and value in turns, in the spelling received, as Node gives them. */
  readonly rawHeaders: readonly string[];
};

/** What a request is judged against; times in milliseconds. */
export type Expectations = {
  readonly accounts: readonly Account[];
  readonly now: number;
  readonly toleranceMs: number;
  /** The call that is made, which is the last part of its path. */
  readonly action: string;
  /** The body of a JSON call, which is signed as well. */
  readonly signedBody?: string;
};

const commonParameters = ['accessKey', 'ts', 'bizType', 'action', 'sign'] as const;
const forbiddenHeaders = ['authorization', 'proxy-authorization', 'cookie'];
const formFields = ['messaging_product', 'business_phone', 'type'];

/** Extension, and how every file of the type begins, as Latin-1 text. */
type Kind = { readonly extension: string; readonly magic: RegExp };

const kinds = new Map<string, Kind>([
  ['image/jpeg', { extension: 'jpg', magic: /^\xff\xd8\xff/ }],
  ['image/png', { extension: 'png', magic: /^\x89PNG\r\n\x1a\n/ }],
  ['video/mp4', { extension: 'mp4', magic: /^.{4}ftyp/s }],
  // Readers take a header that begins anywhere in the first 1024 bytes, and so does the action.
  ['application/pdf', { extension: 'pdf', magic: /^.{0,1023}%PDF-/s }],
]);

/** Everything wrong with the head of a request, the most telling first; empty when all is right. */
export function findHeadRefusals(head: RequestHead, expectations: Expectations): Refusal[] {
  return [...findHttpRefusals(head, expectations.action), ...findParameterRefusals(head, expectations)];
}

/** Everything wrong with a body that was read to its end. */
export function findBodyRefusals(body: BodyReading, account: Account | undefined): Refusal[] {
  return [
    ...body.flaws.map(refuseParameter),
    ...findFieldRefusals(body).map(refuseParameter),
    ...findPhoneRefusals(findField(body, 'business_phone'), account),
    ...findFileRefusals(body).map(refuseParameter),
  ];
}

/** The account a request names, if it is known. */
export function findAccount(head: RequestHead, accounts: readonly Account[]): Account | undefined {
  const accessKey = findHeader(head, 'accessKey')[0];
  return accounts.find((account) => account.accessKey === accessKey);
}

function findHttpRefusals(head: RequestHead, action: string): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (status: number, message: string) => refusals.push({ code: -1, message, status });
  if (head.path !== `/api/wa/${action}`) refuse(404, `no such path: ${head.path}`);
  if (head.method !== 'POST') refuse(405, `the method must be POST, not ${head.method}`);
  if (findHeader(head, 'expect').length > 0) refuse(417, 'the header Expect is not supported');
  if (findHeader(head, 'transfer-encoding').length > 0) refuse(411, 'chunked bodies are not supported');
  const length = findHeader(head, 'content-length');
  if (!/^[1-9]\d*$/.test(length[0] ?? '')) refuse(411, 'content-length is required');
  return refusals;
}

function findParameterRefusals(head: RequestHead, expectations: Expectations): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: number, message: string) => refusals.push({ code, message });
  const values = Object.fromEntries(commonParameters.map((name) => [name, findHeader(head, name)]));
  for (const [name, found] of Object.entries(values)) {
    if (found.length === 0 || found[0] === '')
      refuse(codes.missingParameter, `missing common parameter ${name}`);
    if (found.length > 1) refuse(codes.malformedParameter, `common parameter ${name} is given twice`);
  }
  if (refusals.length > 0) return refusals;

  const { action, signedBody } = expectations;
  const { accessKey = '', ts = '', bizType = '', sign = '' } = mapFirst(values);
  const algorithm = findHeader(head, 'algorithm')[0] ?? 'md5';
  if (!/^\d{13}$/.test(ts)) refuse(codes.malformedParameter, 'ts must be 13 digits');
  if (bizType !== '2') refuse(codes.malformedParameter, 'bizType must be 2');
  if (mapFirst(values).action !== action) refuse(codes.malformedParameter, `action must be ${action}`);
  if (algorithm !== 'md5' && algorithm !== 'sha256') {
    refuse(codes.malformedParameter, 'algorithm must be md5 or sha256');
  }
  for (const name of forbiddenHeaders) {
    if (findHeader(head, name).length > 0)
      refuse(codes.malformedParameter, `the header ${name} has no business here`);
  }
  if (refusals.length > 0) return refusals;

  const account = findAccount(head, expectations.accounts);
  if (account === undefined)
    return [{ code: codes.unknownAccessKey, message: 'no permission for this accessKey' }];
  if (Math.abs(Number(ts) - expectations.now) > expectations.toleranceMs) {
    refuse(codes.timestampExpired, 'the request timestamp has expired');
  }
  const expected = computeExpectedSignature(
    { accessKey, action, bizType, ts, ...(signedBody === undefined ? {} : { body: signedBody }) },
    account.accessSecret,
    algorithm === 'sha256' ? 'sha256' : 'md5',
  );
  if (sign !== expected) refuse(codes.invalidSignature, 'invalid signature');
  return refusals;
}

function findFieldRefusals(body: BodyReading): string[] {
  const flaws: string[] = [];
  const names = body.fields.map(({ name }) => name);
  for (const name of new Set(names)) {
    if (!formFields.includes(name)) flaws.push(`unknown field ${name}`);
    else if (names.filter((other) => other === name).length > 1) flaws.push(`field ${name} is given twice`);
  }
  for (const name of formFields) if (!names.includes(name)) flaws.push(`missing field ${name}`);
  if (findField(body, 'messaging_product') !== 'whatsapp') flaws.push('messaging_product must be whatsapp');
  if (!kinds.has(findField(body, 'type'))) flaws.push(`type must be one of ${[...kinds.keys()].join(', ')}`);
  return flaws;
}

/** What is wrong with the number a call is for. */
export function findPhoneRefusals(phone: string, account: Account | undefined): Refusal[] {
  if (!/^\d{7,15}$/.test(phone)) return [{ code: codes.notAPhoneNumber, message: 'not a WhatsApp number' }];
  if (account !== undefined && !account.phones.includes(phone)) {
    return [{ code: codes.numberNotBound, message: 'the number is not bound to the application' }];
  }
  return [];
}

function findFileRefusals(body: BodyReading): string[] {
  const [file, ...others] = body.files;
  if (file === undefined) return ['missing field file'];
  const flaws: string[] = [];
  if (others.length > 0) flaws.push('more than one file part');
  if (file.name !== 'file') flaws.push(`the file part is called ${file.name}, not file`);
  if (file.size === 0) flaws.push('the file is empty');
  const type = findField(body, 'type');
  if (file.contentType !== type) flaws.push(`the file part is ${file.contentType}, but type says ${type}`);
  const kind = kinds.get(type);
  if (kind === undefined) return flaws;
  if (!kind.magic.test(file.start.toString('latin1'))) flaws.push(`the content of the file is not ${type}`);
  const fileName = `${file.sha256.slice(0, 16)}.${kind.extension}`;
  if (file.fileName !== fileName) flaws.push(`the file name must be ${fileName}, not ${file.fileName}`);
  return flaws;
}

/** A refusal of what a body says. */
export function refuseParameter(flaw: string): Refusal {
  return { code: codes.parameterException, message: `parameter exception: ${flaw}` };
}

function findHeader({ rawHeaders }: RequestHead, name: string): string[] {
  return rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase(),
  );
}

function mapFirst(values: Readonly<Record<string, string[]>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(values).map(([name, found]) => [name, found[0]]));
}

function findField(body: BodyReading, name: string): string {
  return body.fields.find((field) => field.name === name)?.value ?? '';
}
