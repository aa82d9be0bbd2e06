// Creates a WhatsApp template at NXCloud, or updates the one that `template_id` in it names:
// `node create-template.mjs filled.json`, with the file that `npx nxcloud-template-assets fill` wrote. Needs Node 22.19.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const VARIABLES = [
  'NXCLOUD_ACCESS_KEY',
  'NXCLOUD_ACCESS_SECRET',
  'NXCLOUD_APP_KEY',
  'NXCLOUD_BUSINESS_PHONE',
];
const SAMPLE = 'Perhaps a sample is missing or is no file ID: send what `fill` wrote.';
const EDITS = 'An approved template may be edited once in 24 hours and ten times in 30 days.';
const REMEDIES = {
  1003: 'Check NXCLOUD_ACCESS_SECRET.',
  1004: "Check this machine's clock.",
  1005: 'Check NXCLOUD_ACCESS_KEY.',
  9002: 'Check NXCLOUD_BUSINESS_PHONE.',
  9006: 'Ask NXCloud to bind NXCLOUD_BUSINESS_PHONE to your application.',
  100: SAMPLE,
  2388273: SAMPLE,
  2388024: 'Perhaps this name exists in this language: add its `template_id`, or take another name.',
};

try {
  requireNode(process.versions.node);
  console.log(await sendTemplate(readTemplate(process.argv[2]), readSettings(process.env)));
} catch (error) {
  console.error(`create-template: ${error.message}`);
  process.exitCode = 1;
}

/** Older ones cannot read the digits of an answer, and would say so after the template is there. */
function requireNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return;
  throw new Error(`this needs Node 22.19 or newer and runs on Node ${version}; nothing was sent`);
}

function readTemplate(file) {
  if (file === undefined) throw new Error('name the filled template: node create-template.mjs filled.json');
  let template;
  try {
    template = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`the template ${file} cannot be read: ${error.message}`);
  }
  // A number may have more digits than JavaScript keeps.
  if (typeof (template?.template_id ?? '') !== 'string') {
    throw new Error(`template_id of ${file} must be text, in quotes`);
  }
  return template;
}

function readSettings(env) {
  const missing = VARIABLES.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`set ${missing.join(', ')}`);
  const [accessKey, accessSecret, appkey, phone] = VARIABLES.map((name) => env[name]);
  const host = (env.NXCLOUD_API_URL || 'https://api2.nxcloud.com').replace(/\/+$/, '');
  return { accessKey, accessSecret, appkey, business_phone: phone.replace(/\D/g, ''), host };
}

async function sendTemplate(template, { accessKey, accessSecret, host, ...owner }) {
  const action = template.template_id === undefined ? 'createTemplate' : 'updateTemplate';
  const body = JSON.stringify({ ...template, ...owner, messaging_product: 'whatsapp' });
  const signed = { accessKey, action, bizType: '2', ts: String(Date.now()) };
  const text = Object.entries({ ...signed, body, accessSecret })
    .map((pair) => pair.join('='))
    .join('&');
  const sign = createHash('md5').update(text).digest('hex');
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed, sign },
    body,
    redirect: 'error', // the signed headers are for this host alone
    signal: AbortSignal.timeout(60_000),
  };
  const name = show(template.name);
  const id = show(readReply(await fetchText(`${host}/api/wa/${action}`, request), action)?.id);
  return action === 'createTemplate'
    ? `Template ${name} was created with the ID ${id}, and is used once WhatsApp has approved it. To change it later, ` +
        `add "template_id": ${id} to its file.`
    : `Template ${name} was updated, and WhatsApp reviews it anew. ${EDITS}`;
}

async function fetchText(url, request) {
  try {
    const response = await fetch(url, request);
    return await response.text();
  } catch (error) {
    const reason = error.cause?.message ?? error.message;
    throw new Error(
      `no answer of ${url}: ${reason}. The template may be there all the same: look before you send it again.`,
    );
  }
}

/** Texts of others are shown as JSON, so that they are no commands of a workflow's log. */
function show(value) {
  return JSON.stringify(value)?.replaceAll('##[', '##\\u005b');
}

/** What NXCloud says of a template that it took. */
function readReply(text, action) {
  let reply;
  try {
    // Numbers as they are written, since IDs may have more digits than JavaScript keeps.
    reply = JSON.parse(text, (_key, value, { source }) => (typeof value === 'number' ? source : value));
  } catch {
    // Some gateway's page.
  }
  if (reply?.code === '0') return reply.data;
  const shown = show(reply ?? text.slice(0, 200));
  // Of Meta's errors the second code says more, where it is there.
  const { error_subcode: detail, code } = reply?.data?.error ?? {};
  const known = [detail, code, reply?.code].find((each) => Object.hasOwn(REMEDIES, each ?? ''));
  // Of an update 100 may mean either.
  const isLimit = known === '100' && action === 'updateTemplate';
  const limit = isLimit ? ` Perhaps it was edited too often. ${EDITS}` : '';
  throw new Error(
    `NXCloud did not take the template: ${shown}${known ? `.${limit} ${REMEDIES[known]}` : ''}`,
  );
}
