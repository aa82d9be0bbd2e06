// A certificate authority of the tests' own, made afresh with the openssl command.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM texts, and the file that NODE_EXTRA_CA_CERTS may name. */
export type Certificates = { key: string; cert: string; ca: string; caFile: string };

/** Makes an authority and a server certificate for these names; the files vanish after the test. */
export async function createCertificates(
  t: { after(ending: () => Promise<void>): void },
  names = 'IP:127.0.0.1,DNS:localhost',
): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const file = (name: string) => join(directory, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', [
    ...['req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ...['-subj', '/CN=Test authority', '-days', '2'],
  ]);
  await run('openssl', [
    ...[
      'req',
      ...newKey,
      '-keyout',
      file('server.key'),
      '-out',
      file('server.csr'),
      '-subj',
      '/CN=Test server',
    ],
  ]);
  await writeFile(file('server.ext'), `subjectAltName=${names}\n`);
  await run('openssl', [
    ...['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('server.ext'), '-out', file('server.pem')],
  ]);
  return {
    key: await readFile(file('server.key'), 'utf8'),
    cert: await readFile(file('server.pem'), 'utf8'),
    ca: await readFile(file('ca.pem'), 'utf8'),
    caFile: file('ca.pem'),
  };
}
