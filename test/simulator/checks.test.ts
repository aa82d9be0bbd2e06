// Each mistake a client can make, sent to the simulator over the wire.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { demoAccount, type Simulator, startSimulator } from '../../simulator/server.ts';
import {
  createContent,
  draftUpload,
  nameContent,
  sendUpload,
  sign,
  type UploadDraft,
} from './plain-client.ts';

type Mistake = {
  name: string;
  spoil: (draft: UploadDraft) => void;
  code: number;
  message: RegExp;
  status?: number;
};

function setPart(draft: UploadDraft, name: string, change: Partial<UploadDraft['parts'][number]>): void {
  draft.parts = draft.parts.map((part) => (part.name === name ? { ...part, ...change } : part));
}

function moveTime(draft: UploadDraft, milliseconds: number): void {
  const ts = String(Date.now() + milliseconds);
  draft.headers.ts = ts;
  draft.headers.sign = sign(ts);
}

const header = (name: string, value: string | string[] | undefined) => (draft: UploadDraft) => {
  draft.headers[name] = value;
};
const field = (name: string, value: string) => (draft: UploadDraft) => setPart(draft, name, { value });
const png = Buffer.from('\x89PNG\r\n\x1a\n with a body', 'latin1');

const mistakes: Mistake[] = [
  {
    name: 'another path',
    spoil: (draft) => Object.assign(draft, { path: '/api/wa/upload' }),
    code: -1,
    message: /path/,
    status: 404,
  },
  {
    name: 'a query',
    spoil: (draft) => Object.assign(draft, { path: `${draft.path}?a=1` }),
    code: -1,
    message: /path/,
    status: 404,
  },
  {
    name: 'another method',
    spoil: (draft) => Object.assign(draft, { method: 'PUT' }),
    code: -1,
    message: /method/,
    status: 405,
  },
  { name: 'Expect', spoil: header('expect', '100-continue'), code: -1, message: /Expect/, status: 417 },
  {
    name: 'another expectation',
    spoil: header('expect', 'a-miracle'),
    code: -1,
    message: /Expect/,
    status: 417,
  },
  {
    name: 'a chunked body',
    spoil: (draft) =>
      Object.assign(draft.headers, { 'content-length': undefined, 'transfer-encoding': 'chunked' }),
    code: -1,
    message: /chunked/,
    status: 411,
  },
  {
    name: 'no body',
    spoil: (draft) => Object.assign(draft, { mangle: () => Buffer.alloc(0) }),
    code: -1,
    message: /content-length/,
    status: 411,
  },
  ...['accessKey', 'ts', 'bizType', 'action', 'sign'].flatMap((name): Mistake[] => [
    {
      name: `no ${name}`,
      spoil: header(name, undefined),
      code: 1001,
      message: new RegExp(`missing .*${name}`),
    },
    { name: `empty ${name}`, spoil: header(name, ''), code: 1001, message: new RegExp(`missing .*${name}`) },
    {
      name: `${name} twice`,
      spoil: header(name, ['1', '1']),
      code: 1002,
      message: new RegExp(`${name} is given twice`),
    },
  ]),
  { name: 'ts in seconds', spoil: header('ts', '1655710885'), code: 1002, message: /13 digits/ },
  { name: 'ts with a letter', spoil: header('ts', '165571088543x'), code: 1002, message: /13 digits/ },
  { name: 'bizType 1', spoil: header('bizType', '1'), code: 1002, message: /bizType/ },
  { name: 'another action', spoil: header('action', 'send'), code: 1002, message: /action/ },
  { name: 'an unknown algorithm', spoil: header('algorithm', 'SHA256'), code: 1002, message: /algorithm/ },
  { name: 'a token', spoil: header('authorization', 'Bearer x'), code: 1002, message: /authorization/ },
  { name: 'a proxy password', spoil: header('proxy-authorization', 'x'), code: 1002, message: /proxy-auth/ },
  { name: 'a cookie', spoil: header('cookie', 'a=b'), code: 1002, message: /cookie/ },
  { name: 'an unknown access key', spoil: header('accessKey', 'other'), code: 1005, message: /accessKey/ },
  { name: 'a slow clock', spoil: (draft) => moveTime(draft, -61_000), code: 1004, message: /expired/ },
  { name: 'a fast clock', spoil: (draft) => moveTime(draft, 62_000), code: 1004, message: /expired/ },
  {
    name: 'a wrong secret',
    spoil: (draft) => header('sign', sign(String(draft.headers.ts), 'x'))(draft),
    code: 1003,
    message: /signature/,
  },
  {
    name: 'an upper-case signature',
    spoil: (draft) => header('sign', String(draft.headers.sign).toUpperCase())(draft),
    code: 1003,
    message: /signature/,
  },
  {
    name: 'a SHA-256 signature called MD5',
    spoil: (draft) => header('sign', sign(String(draft.headers.ts), undefined, 'sha256'))(draft),
    code: 1003,
    message: /signature/,
  },
  {
    name: 'an MD5 signature called SHA-256',
    spoil: header('algorithm', 'sha256'),
    code: 1003,
    message: /signature/,
  },
  {
    name: 'no multipart body',
    spoil: header('content-type', 'application/json'),
    code: 9000,
    message: /multipart/,
  },
  {
    name: 'no boundary',
    spoil: header('content-type', 'multipart/form-data; charset=utf-8'),
    code: 9000,
    message: /oundary/,
  },
  {
    name: 'a body cut short',
    spoil: (draft) => Object.assign(draft, { mangle: (body: Buffer) => body.subarray(0, -40) }),
    code: 9000,
    message: /Unexpected end/,
  },
  {
    name: 'bytes after the body',
    spoil: (draft) =>
      Object.assign(draft, { mangle: (body: Buffer) => Buffer.concat([body, Buffer.from('more')]) }),
    code: 9000,
    message: /closing boundary/,
  },
  {
    name: 'bytes before the body',
    spoil: (draft) =>
      Object.assign(draft, { mangle: (body: Buffer) => Buffer.concat([Buffer.from('x\r\n'), body]) }),
    code: 9000,
    message: /begin with/,
  },
  ...['messaging_product', 'business_phone', 'type'].map(
    (name): Mistake => ({
      name: `no ${name}`,
      spoil: (draft) => Object.assign(draft, { parts: draft.parts.filter((part) => part.name !== name) }),
      code: 9000,
      message: new RegExp(`missing field ${name}`),
    }),
  ),
  {
    name: 'a field twice',
    spoil: (draft) => draft.parts.unshift({ name: 'type', value: 'image/jpeg' }),
    code: 9000,
    message: /type is given twice/,
  },
  {
    name: 'an extra field',
    spoil: (draft) => draft.parts.push({ name: 'note', value: '' }),
    code: 9000,
    message: /unknown field note/,
  },
  {
    name: 'another product',
    spoil: field('messaging_product', 'WhatsApp'),
    code: 9000,
    message: /messaging_product/,
  },
  { name: 'image/jpg', spoil: field('type', 'image/jpg'), code: 9000, message: /type must be one of/ },
  {
    name: 'a plus sign',
    spoil: field('business_phone', '+4915112345678'),
    code: 9002,
    message: /not a WhatsApp number/,
  },
  {
    name: 'a short number',
    spoil: field('business_phone', '123456'),
    code: 9002,
    message: /not a WhatsApp number/,
  },
  {
    name: 'a foreign number',
    spoil: field('business_phone', '4915112345679'),
    code: 9006,
    message: /not bound/,
  },
  { name: 'no file', spoil: (draft) => draft.parts.pop(), code: 9000, message: /missing field file/ },
  {
    name: 'two files',
    spoil: (draft) => draft.parts.push(...draft.parts.slice(-1)),
    code: 9000,
    message: /more than one file/,
  },
  {
    name: 'a file by another name',
    spoil: (draft) => setPart(draft, 'file', { name: 'media' }),
    code: 9000,
    message: /called media/,
  },
  {
    name: 'an empty file',
    spoil: (draft) => setPart(draft, 'file', { value: '' }),
    code: 9000,
    message: /is empty/,
  },
  {
    name: 'a part of another type',
    spoil: (draft) => setPart(draft, 'file', { contentType: 'image/png' }),
    code: 9000,
    message: /is image\/png, but/,
  },
  {
    name: 'a part without type',
    spoil: (draft) => setPart(draft, 'file', { contentType: 'application/octet-stream' }),
    code: 9000,
    message: /octet-stream, but/,
  },
  {
    name: 'a PNG as JPEG',
    spoil: (draft) => setPart(draft, 'file', { value: png, fileName: nameContent(png) }),
    code: 9000,
    message: /content of the file is not image\/jpeg/,
  },
  {
    name: 'the name of another content',
    spoil: (draft) => setPart(draft, 'file', { fileName: '0123456789abcdef.jpg' }),
    code: 9000,
    message: /file name must be/,
  },
  {
    name: 'the name with a path',
    spoil: (draft) => setPart(draft, 'file', { fileName: `a/${nameContent(createContent())}` }),
    code: 9000,
    message: /file name must be/,
  },
  {
    name: 'the name with .jpeg',
    spoil: (draft) => setPart(draft, 'file', { fileName: nameContent(createContent(), 'jpeg') }),
    code: 9000,
    message: /file name must be/,
  },
];

describe('an upload is refused for', () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator();
  });
  after(() => simulator.close());

  for (const { name, spoil, code, message, status = 200 } of mistakes) {
    it(name, async () => {
      const draft = draftUpload();
      spoil(draft);
      const reply = await sendUpload(simulator.url, draft);
      const envelope: unknown = JSON.parse(reply.body);
      assert.equal(reply.status, status);
      assert.ok(
        typeof envelope === 'object' && envelope !== null && 'code' in envelope && 'message' in envelope,
      );
      assert.equal(envelope.code, code);
      assert.match(String(envelope.message), message);
      const received = simulator.uploads.at(-1);
      assert.equal(received?.verdict, 'refused');
      assert.equal(received?.accepted, false);
      assert.notDeepEqual(received?.mistakes, []);
      assert.equal(simulator.acceptedCount, 0);
    });
  }
});

describe('an upload is accepted', () => {
  const files = [
    { type: 'image/jpeg', extension: 'jpg', content: createContent() },
    { type: 'image/png', extension: 'png', content: png },
    { type: 'video/mp4', extension: 'mp4', content: Buffer.from('\0\0\0\x20ftypisom') },
    { type: 'application/pdf', extension: 'pdf', content: Buffer.from('%PDF-1.4\n') },
    { type: 'application/pdf', extension: 'pdf', content: Buffer.from(`${'\n'.repeat(1023)}%PDF-1.4\n`) },
  ];
  for (const { type, extension, content } of files) {
    it(`as ${type} of ${content.length} bytes`, async (t) => {
      const simulator = await startSimulator();
      t.after(() => simulator.close());
      const draft = draftUpload(content);
      setPart(draft, 'type', { value: type });
      setPart(draft, 'file', { contentType: type, fileName: nameContent(content, extension) });
      const reply = await sendUpload(simulator.url, draft);
      const received = simulator.uploads[0];
      assert.deepEqual(received?.mistakes, []);
      assert.deepEqual(JSON.parse(reply.body), {
        code: 0,
        data: { id: received?.id },
        message: 'Request successful',
      });
      assert.equal(received?.size, content.length);
      assert.equal(received?.contentType, type);
      assert.deepEqual(received?.fields, {
        messaging_product: 'whatsapp',
        business_phone: demoAccount.phones[0],
        type,
      });
    });
  }

  it('with a SHA-256 signature', async (t) => {
    const simulator = await startSimulator();
    t.after(() => simulator.close());
    const draft = draftUpload();
    Object.assign(draft.headers, {
      algorithm: 'sha256',
      sign: sign(String(draft.headers.ts), undefined, 'sha256'),
    });
    await sendUpload(simulator.url, draft);
    assert.equal(simulator.acceptedCount, 1);
  });

  it('at the edge of the time window', async (t) => {
    const simulator = await startSimulator({ now: () => 1_700_000_060_000 });
    t.after(() => simulator.close());
    await sendUpload(simulator.url, draftUpload(createContent(), 1_700_000_000_000));
    assert.equal(simulator.acceptedCount, 1);
    await sendUpload(simulator.url, draftUpload(createContent(), 1_699_999_999_999));
    assert.equal(simulator.acceptedCount, 1);
  });

  it('by the simulator’s own clock, which the Date header shows', async (t) => {
    const simulator = await startSimulator({ clockOffsetMs: 600_000 });
    t.after(() => simulator.close());
    const reply = await sendUpload(simulator.url, draftUpload());
    assert.match(reply.body, /1004/);
    const serverTime = Date.parse(reply.headers.date ?? '');
    await sendUpload(simulator.url, draftUpload(createContent(), serverTime));
    assert.equal(simulator.acceptedCount, 1);
  });
});
