// Creates a WhatsApp template at NXCloud: `node create-template.mjs template.json nxcloud-assets.json`.
// Where the template's `header_handle` names a file, the file's ID from the manifest is sent in its place.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const [templateFile, manifestFile] = process.argv.slice(2);
const { NXCLOUD_ACCESS_KEY, NXCLOUD_ACCESS_SECRET, NXCLOUD_APP_KEY, NXCLOUD_BUSINESS_PHONE } = process.env;
const host = process.env.NXCLOUD_API_URL ?? 'https://api2.nxcloud.com';

const template = JSON.parse(await readFile(templateFile, 'utf8'));
const { assets } = JSON.parse(await readFile(manifestFile, 'utf8'));
for (const { example } of template.components) {
  if (example?.header_handle === undefined) continue;
  const entry = assets[example.header_handle];
  if (entry === undefined) throw new Error(`${example.header_handle} is not in ${manifestFile}`);
  // Whole, with its line breaks.
  example.header_handle = entry.id;
}

const body = JSON.stringify({
  appkey: NXCLOUD_APP_KEY,
  business_phone: NXCLOUD_BUSINESS_PHONE.replace(/\D/g, ''),
  messaging_product: 'whatsapp',
  ...template,
});
const signed = {
  accessKey: NXCLOUD_ACCESS_KEY,
  action: 'createTemplate',
  bizType: '2',
  ts: String(Date.now()),
};
const text = Object.entries({ ...signed, body, accessSecret: NXCLOUD_ACCESS_SECRET })
  .map(([name, value]) => `${name}=${value}`)
  .join('&');
const sign = createHash('md5').update(text).digest('hex');
const response = await fetch(`${host}/api/wa/createTemplate`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...signed, sign },
  body,
  redirect: 'error', // the signed headers are for this host alone
});
const reply = await response.json();
if (Number(reply.code) !== 0) {
  throw new Error(`NXCloud answered ${JSON.stringify([reply.code, reply.message])}`);
}
// As JSON, so that a text of the service is no command of the workflow's log.
console.log(`Template ${template.name} has the ID ${JSON.stringify(reply.data.id)}`);
