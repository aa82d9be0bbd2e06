// The calls that create and update templates: each mistake a client can make, and what is kept.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { handleControl } from '../../simulator/control.ts';
import {
  demoAccount,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/server.ts';
import { draftUpload, sendUpload } from './plain-client.ts';

const otherAccount = {
  accessKey: 'other-access-key',
  accessSecret: 'other-secret',
  phones: ['4915100000000'],
};
const DAY = 86_400_000;

type Json = Record<string, unknown>;
type Component = { type: string; format?: string; example?: Json; cards?: unknown };

interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly id?: string; readonly error?: { readonly code: number } } | null;
}

/** A call that can be spoiled before it is sent. */
interface Draft {
  action: string;
  method: string;
  headers: Record<string, string>;
  account: { accessKey: string; accessSecret: string };
  body: Json;
  /** Sent in place of the body, and signed as it is. */
  text?: string;
  /** Changes the text once it is signed. */
  mangle?: (text: string) => string;
}

async function start(t: TestContext, options: SimulatorOptions = {}) {
  const simulator = await startSimulator({
    accounts: [demoAccount, otherAccount],
    control: handleControl,
    ...options,
  });
  t.after(() => simulator.close());
  const { body } = await sendUpload(simulator.url, draftUpload());
  const id: string = JSON.parse(body).data.id;
  return { simulator, id };
}

/** A template without mistakes. */
function draftTemplate(id: string): Draft {
  return {
    action: 'createTemplate',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    account: demoAccount,
    body: {
      appkey: 'app',
      business_phone: demoAccount.phones[0],
      messaging_product: 'whatsapp',
      name: 'sale',
      language: 'en',
      category: 'MARKETING',
      components: [header(id), { type: 'BODY', text: 'Grüße' }],
    },
  };
}

function header(id: string): Component {
  return { type: 'HEADER', format: 'IMAGE', example: { header_handle: id } };
}

/** Sends by the vendor's documentation, step by step. */
async function send({ url }: Simulator, draft: Draft, now = Date.now()) {
  const { action, method, headers, account } = draft;
  const text = draft.text ?? JSON.stringify(draft.body);
  const common = { accessKey: account.accessKey, action, bizType: '2', ts: String(now) };
  const signed = `accessKey=${account.accessKey}&action=${action}&bizType=2&ts=${now}&body=${text}&accessSecret=${account.accessSecret}`;
  const sign = createHash('md5').update(signed).digest('hex');
  const reply = await fetch(`${url}/api/wa/${action}`, {
    method,
    headers: { ...common, sign, ...headers },
    body: draft.mangle?.(text) ?? text,
  });
  return { status: reply.status, envelope: (await reply.json()) as Envelope };
}

const set = (name: string, value: unknown) => (draft: Draft) => {
  draft.body[name] = value;
};
const setHeader = (component: unknown) => set('components', [component, { type: 'BODY', text: 'Hi' }]);
const sample = (format: string, example: Json) => setHeader({ type: 'HEADER', format, example });
const address = 'https://cdn.example.com/a.jpg';

describe('a call that creates a template is refused', () => {
  const mistakes: readonly {
    name: string;
    spoil: (draft: Draft, id: string) => void;
    code: number;
    message: RegExp;
    /** Meta's code. */
    meta?: number;
    /** By how many milliseconds its time is wrong. */
    late?: number;
  }[] = [
    {
      name: 'by another method',
      spoil: (draft) => Object.assign(draft, { method: 'PUT' }),
      code: -1,
      message: /POST, not PUT/,
    },
    {
      name: 'signed by another secret',
      spoil: (draft) => Object.assign(draft, { account: { ...demoAccount, accessSecret: 'x' } }),
      code: 1003,
      message: /invalid signature/,
    },
    {
      name: 'when the body is not the one that was signed',
      spoil: (draft) => Object.assign(draft, { mangle: (text: string) => `${text} ` }),
      code: 1003,
      message: /invalid signature/,
    },
    {
      name: 'with the action of another call',
      spoil: (draft) => Object.assign(draft.headers, { action: 'updateTemplate' }),
      code: 1002,
      message: /action must be createTemplate/,
    },
    {
      name: 'out of time',
      spoil: () => undefined,
      late: DAY,
      code: 1004,
      message: /expired/,
    },
    {
      name: 'as text',
      spoil: (draft) => Object.assign(draft.headers, { 'content-type': 'text/plain' }),
      code: 9000,
      message: /content type/,
    },
    {
      name: 'as a list',
      spoil: (draft) => Object.assign(draft, { text: '[]' }),
      code: 9000,
      message: /no JSON object/,
    },
    {
      name: 'as half of it',
      spoil: (draft) => Object.assign(draft, { text: '{"name":' }),
      code: 9000,
      message: /no JSON object/,
    },
    { name: 'without appkey', spoil: set('appkey', undefined), code: 9000, message: /appkey/ },
    {
      name: 'without messaging_product',
      spoil: set('messaging_product', undefined),
      code: 9000,
      message: /messaging_product/,
    },
    {
      name: 'with a number that is none',
      spoil: set('business_phone', '+49 151'),
      code: 9002,
      message: /not a WhatsApp number/,
    },
    {
      name: 'with the number of another account',
      spoil: set('business_phone', otherAccount.phones[0]),
      code: 9006,
      message: /not bound/,
    },
    { name: 'with a name in capitals', spoil: set('name', 'Sale'), code: 9000, message: /name must be/ },
    { name: 'without a language', spoil: set('language', undefined), code: 9000, message: /language/ },
    { name: 'with an unknown category', spoil: set('category', 'SALE'), code: 9000, message: /category/ },
    {
      name: 'with the ID of a template',
      spoil: set('template_id', '1'),
      code: 9000,
      message: /no template_id/,
    },
    {
      name: 'without components',
      spoil: set('components', []),
      code: 9000,
      message: /components must be a list/,
    },
    {
      name: 'with a component of no type',
      spoil: setHeader({ format: 'IMAGE' }),
      code: 9000,
      message: /components\[0\] must be an object with a type/,
    },
    {
      name: 'with cards that are no list',
      spoil: setHeader({ type: 'CAROUSEL', cards: {} }),
      code: 9000,
      message: /components\[0\]\.cards must be a list/,
    },
    {
      name: 'with a card of nothing',
      spoil: setHeader({ type: 'CAROUSEL', cards: [null] }),
      code: 9000,
      message: /cards\[0\]\.components must be a list/,
    },
    {
      name: 'with an image without sample',
      spoil: sample('IMAGE', {}),
      code: 9099,
      meta: 2388273,
      message: /sample is missing/,
    },
    {
      name: 'with a video without sample',
      spoil: sample('VIDEO', {}),
      code: 9099,
      meta: 100,
      message: /sample is missing/,
    },
    {
      name: 'with an address for a handle',
      spoil: sample('IMAGE', { header_handle: address }),
      code: 9099,
      meta: 2388273,
      message: /no file ID/,
    },
    {
      name: 'with a path for a handle',
      spoil: sample('IMAGE', { header_handle: 'promo/a.jpg' }),
      code: 9099,
      meta: 2388273,
      message: /no file ID/,
    },
    {
      name: 'with an ID that was trimmed',
      spoil: (draft, id) => sample('IMAGE', { header_handle: id.slice(0, -1) })(draft),
      code: 9099,
      meta: 2388273,
      message: /no file ID/,
    },
    {
      name: 'with an ID in a list',
      spoil: (draft, id) => sample('IMAGE', { header_handle: [id] })(draft),
      code: 9000,
      message: /must be a string/,
    },
    {
      name: 'with an address beside the ID',
      spoil: (draft, id) => sample('IMAGE', { header_handle: id, custom_header_handle_url: address })(draft),
      code: 9000,
      message: /leaves the latter unused/,
    },
    {
      name: 'with an address that is none',
      spoil: sample('IMAGE', { custom_header_handle_url: 'a.jpg' }),
      code: 9000,
      message: /must be an address/,
    },
    {
      name: 'with an image for a video',
      spoil: (draft, id) => sample('VIDEO', { header_handle: id })(draft),
      code: 9099,
      meta: 2388273,
      message: /image\/jpeg, not video\/mp4/,
    },
    {
      name: 'with a sample of a text',
      spoil: (draft, id) => sample('TEXT', { header_handle: id })(draft),
      code: 9000,
      message: /only IMAGE, VIDEO and DOCUMENT/,
    },
    {
      name: 'with a sample missing in a card',
      spoil: setHeader({ type: 'CAROUSEL', cards: [{ components: [{ type: 'HEADER', format: 'IMAGE' }] }] }),
      code: 9099,
      meta: 2388273,
      message: /components\[0\]\.cards\[0\]\.components\[0\]: the sample/,
    },
    {
      name: 'with the ID of another account',
      spoil: (draft) => {
        draft.account = otherAccount;
        draft.body.business_phone = otherAccount.phones[0];
      },
      code: 9099,
      meta: 2388273,
      message: /of this account and number/,
    },
  ];
  for (const { name, spoil, code, meta, message, late = 0 } of mistakes) {
    it(name, async (t) => {
      const { simulator, id } = await start(t);
      const draft = draftTemplate(id);
      spoil(draft, id);
      const { envelope } = await send(simulator, draft, Date.now() - late);
      assert.equal(envelope.code, code, envelope.message);
      assert.match(envelope.message, message);
      assert.equal(envelope.data?.error?.code, meta);
      const [call] = simulator.templateCalls;
      assert.equal(call?.id, undefined);
      // To a number that is not the account's, no ID belongs.
      assert.equal(call?.mistakes.length, code === 9002 || code === 9006 ? 2 : 1);
    });
  }

  it('with an ID that has expired', async (t) => {
    const { simulator, id } = await start(t, { expiresAfterSeconds: 3600 });
    const hour = 3_600_000;
    simulator.setClockOffset(hour + 1000);
    const late = await send(simulator, draftTemplate(id), Date.now() + hour);
    assert.match(late.envelope.message, /has expired/);
    simulator.setClockOffset(0);
    assert.equal((await send(simulator, draftTemplate(id))).envelope.code, 0);
  });
});

describe('a template', () => {
  it('is created, and remembered', async (t) => {
    const { simulator, id } = await start(t);
    const { status, envelope } = await send(simulator, draftTemplate(id));
    assert.equal(status, 200);
    assert.deepEqual(envelope.data, { id: '900000000000001' });
    assert.equal(simulator.templateCalls[0]?.body?.name, 'sale');
    const shown = JSON.parse(await (await fetch(`${simulator.url}/simulator/templates`)).text());
    assert.equal(shown[0].id, '900000000000001');
    assert.equal(simulator.requestCount, 1, 'it is no upload');
    simulator.reset();
    assert.deepEqual(simulator.templateCalls, []);
    assert.deepEqual((await send(simulator, draftTemplate(id))).envelope.data, { id: '900000000000001' });
  });

  for (const [name, component] of [
    [
      'with an address for a sample',
      { type: 'HEADER', format: 'IMAGE', example: { custom_header_handle_url: address } },
    ],
    [
      'with a text for a header',
      { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}', example: { header_text: ['Ann'] } },
    ],
    ['with a place for a header', { type: 'HEADER', format: 'LOCATION' }],
  ] as const) {
    it(`is created ${name}`, async (t) => {
      const { simulator, id } = await start(t);
      const draft = draftTemplate(id);
      setHeader(component)(draft);
      assert.equal((await send(simulator, draft)).envelope.code, 0);
    });
  }

  it('is created with cards', async (t) => {
    const { simulator, id } = await start(t);
    const draft = draftTemplate(id);
    setHeader({ type: 'CAROUSEL', cards: [{ components: [header(id)] }, { components: [header(id)] }] })(
      draft,
    );
    assert.equal((await send(simulator, draft)).envelope.code, 0);
  });

  it('is created once for a name and language', async (t) => {
    const { simulator, id } = await start(t);
    await send(simulator, draftTemplate(id));
    const again = await send(simulator, draftTemplate(id));
    assert.equal(again.envelope.data?.error?.code, 2388024);
    const other = draftTemplate(id);
    other.body.language = 'de';
    assert.deepEqual((await send(simulator, other)).envelope.data, { id: '900000000000002' });
  });

  it('is updated once in 24 hours and ten times in 30 days', async (t) => {
    const { simulator, id } = await start(t);
    const draft = draftTemplate(id);
    const { envelope } = await send(simulator, draft);
    draft.action = 'updateTemplate';
    draft.body.template_id = envelope.data?.id;
    const update = async (after: number) => {
      simulator.setClockOffset(after);
      return (await send(simulator, draft, Date.now() + after)).envelope;
    };
    assert.deepEqual(await update(0), { code: 0, data: null, message: 'Request successful' });
    assert.match((await update(DAY - 60_000)).message, /once in 24 hours/);
    for (let day = 1; day < 10; day += 1)
      assert.equal((await update(day * (DAY + 60_000))).code, 0, `day ${day}`);
    assert.match((await update(11 * DAY)).message, /ten times in 30 days/);
    assert.equal((await update(31 * DAY)).code, 0);
  });

  const updates: readonly { name: string; spoil: (draft: Draft) => void; message: RegExp }[] = [
    { name: 'without its ID', spoil: set('template_id', undefined), message: /template_id must be/ },
    {
      name: 'with an ID that is a number',
      spoil: set('template_id', 900_000_000_000_001),
      message: /template_id must be/,
    },
    { name: 'with an unknown ID', spoil: set('template_id', '1'), message: /template_id must be/ },
    {
      name: 'under another name',
      spoil: set('name', 'other'),
      message: /name and language must stay sale and en/,
    },
    { name: 'in another language', spoil: set('language', 'de'), message: /name and language must stay/ },
    { name: 'without its sample', spoil: sample('IMAGE', {}), message: /sample is missing/ },
  ];
  for (const { name, spoil, message } of updates) {
    it(`is not updated ${name}`, async (t) => {
      const { simulator, id } = await start(t);
      const draft = draftTemplate(id);
      await send(simulator, draft);
      Object.assign(draft, { action: 'updateTemplate' }).body.template_id = '900000000000001';
      spoil(draft);
      const { envelope } = await send(simulator, draft);
      assert.notEqual(envelope.code, 0);
      assert.match(envelope.message, message);
      assert.equal(simulator.templateCalls[1]?.id, undefined);
    });
  }
});
