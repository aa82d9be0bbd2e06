// Tells whether an encrypted PDF opens without a password: one that restricts only what may be done with it does
// (ISO 32000-2, 7.6.4). The algorithms are as old as the standard; nothing is protected by them here.
import { createCipheriv, createHash } from 'node:crypto';
import { type PdfDictionary, parseText } from './pdf-syntax.ts';

/** What stands for the missing characters of a password. */
const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const RC4_ROUNDS = 20;

/** Whether the empty password opens a file with these identifiers; undefined when its encryption is not a standard one. */
export function opensWithoutPassword(dictionary: PdfDictionary, ids: string): boolean | undefined {
  if (dictionary.get('/Filter') !== '/Standard') return undefined;
  const user = parseText(dictionary.get('/U') ?? '');
  const revision = Number(dictionary.get('/R'));
  if (revision === 5 || revision === 6) {
    const salt = user.subarray(32, 40);
    const digest = revision === 5 ? hash('sha256', salt) : hashHardened(salt);
    return digest.equals(user.subarray(0, 32));
  }
  if (![2, 3, 4].includes(revision)) return undefined;
  const fileId = parseText(/<[^>]*>|\((?:\\[\s\S]|[^\\)])*\)/.exec(ids)?.[0] ?? '');
  const key = deriveKey(dictionary, revision, fileId);
  if (revision === 2) return rc4(key, PADDING).equals(user);
  let expected = hash('md5', PADDING, fileId);
  for (let round = 0; round < RC4_ROUNDS; round++) {
    expected = rc4(
      key.map((byte) => byte ^ round),
      expected,
    );
  }
  return expected.equals(user.subarray(0, 16));
}

/** The key that belongs to the empty password (algorithm 2). */
function deriveKey(dictionary: PdfDictionary, revision: number, fileId: Buffer): Buffer {
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(Number(dictionary.get('/P')) | 0);
  const isMetadataPlain = revision === 4 && dictionary.get('/EncryptMetadata') === 'false';
  const owner = parseText(dictionary.get('/O') ?? '').subarray(0, 32);
  const stated = dictionary.get('/V') === '4' ? 16 : Number(dictionary.get('/Length') ?? 40) / 8;
  const length = revision === 2 ? 5 : stated;
  const mark = Buffer.alloc(isMetadataPlain ? 4 : 0, 0xff);
  let key = hash('md5', PADDING, owner, permissions, fileId, mark);
  for (let round = 0; revision > 2 && round < 50; round++) key = hash('md5', key.subarray(0, length));
  return key.subarray(0, length);
}

/** The hardened hash of revision 6 (algorithm 2.B) of the empty password. */
function hashHardened(salt: Buffer): Buffer {
  let key = hash('sha256', salt);
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32));
    const encrypted = cipher.setAutoPadding(false).update(Buffer.concat(Array<Buffer>(64).fill(key)));
    // The first 16 bytes as a number modulo 3: 256 leaves 1.
    const remainder = encrypted.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = hash(['sha256', 'sha384', 'sha512'][remainder] ?? '', encrypted);
    last = encrypted.at(-1) ?? 0;
  }
  return key.subarray(0, 32);
}

function hash(algorithm: string, ...parts: readonly Buffer[]): Buffer {
  return createHash(algorithm).update(Buffer.concat(parts)).digest();
}

/** RC4, which OpenSSL 3 no longer offers. */
function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number): void => {
    [state[a], state[b]] = [state[b] ?? 0, state[a] ?? 0];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    data.map((byte) => {
      i = (i + 1) & 255;
      j = (j + (state[i] ?? 0)) & 255;
      swap(i, j);
      return byte ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) & 255] ?? 0);
    }),
  );
}
