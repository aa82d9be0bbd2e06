// The same upload with curl: what people write today.
import { join } from 'node:path';
import { demoAccount } from '../simulator/server.ts';
import { signRequest } from '../src/nxcloud/call.ts';
import { timeCommand } from './contest.ts';
import type { Library } from './library.ts';
import type { Service } from './service.ts';

/** `curl -Z --parallel-max <connections>` over all files of a library. */
export async function curlInParallel(
  library: Library,
  service: Service,
  connections: number,
): Promise<number> {
  const transfers = library.files.map(({ path, type, sentName }) =>
    describeUpload(service, join(library.root, path), type, sentName)
      .map(([option, value]) => `${option} = ${JSON.stringify(value)}`)
      .join('\n'),
  );
  return await runCurl(library, service, () =>
    timeCommand('curl', ['-s', '-Z', '--parallel-max', String(connections), '-K', '-'], {
      input: transfers.join('\nnext\n'),
    }),
  );
}

/** A shell loop of `curl -F`, one file after the other. */
export async function curlInLoop(library: Library, service: Service): Promise<number> {
  const options = describeUpload(service, '$file', '$type', '$name').map(
    ([option, value]) => `--${option} "${value}"`,
  );
  const script = `while read -r file type name; do curl -s ${options.join(' ')} || exit; done`;
  const lines = library.files.map(({ path, type, sentName }) => `${path} ${type} ${sentName}\n`);
  return await runCurl(library, service, () =>
    timeCommand('bash', ['-c', script], { cwd: library.root, input: lines.join('') }),
  );
}

async function runCurl({ files }: Library, service: Service, run: () => Promise<number>): Promise<number> {
  await service.reset();
  const duration = await run();
  const accepted = await service.countAccepted();
  if (accepted !== files.length) throw new Error(`curl uploaded ${accepted} of ${files.length} files`);
  return duration;
}

/** curl's options, signed now. */
function describeUpload(
  service: Service,
  file: string,
  type: string,
  name: string,
): readonly (readonly [option: string, value: string])[] {
  const { accessKey, accessSecret, phones } = demoAccount;
  const signed = { accessKey, action: 'uploadTemplateFile', bizType: '2', ts: String(Date.now()) };
  // Without `Expect:` curl would wait a second for leave to send larger files.
  const headers = { ...signed, sign: signRequest(signed, accessSecret, 'md5'), Expect: '' };
  return [
    ['url', `${service.url}/api/wa/uploadTemplateFile`],
    ['output', '/dev/null'],
    ...Object.entries(headers).map(([key, value]) => ['header', `${key}:${value}`] as const),
    ['form', 'messaging_product=whatsapp'],
    ['form', `business_phone=${phones[0]}`],
    ['form', `type=${type}`],
    ['form', `file=@${file};filename=${name};type=${type}`],
  ];
}
