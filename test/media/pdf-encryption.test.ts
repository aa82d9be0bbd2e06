// Which encrypted PDFs open without a password: by what qpdf writes into those that do and those that do not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opensWithoutPassword } from '../../media/pdf-encryption.ts';

type Values = Readonly<Record<string, string>>;

const IDS = '[<ad4a8ad1532241d71dbaae58300ca0c6><31415926535897932384626433832795>]';
const OWNER = '566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5';
/** 40 bits, 128 bits, and 256 bits by two ways, all without a password. */
const R2: Values = {
  '/R': '2',
  '/V': '1',
  '/P': '-4',
  '/O': '<c92422687facee686e373f10b5c7d04738053152f7e2ee30e11c69ec442576ab>',
  '/U': '<acde9b8d8ebd3665b2663b7711d7a836b82e3d87f9ee832289e35b48983a350c>',
};
const R3: Values = {
  '/R': '3',
  '/V': '2',
  '/Length': '128',
  '/P': '-4',
  '/O': `<${OWNER}>`,
  '/U': '<8a18ef64897fdc52f3da66549d58a3620122456a91bae5134273a6db134c87c4>',
};
const R4: Values = { ...R3, '/R': '4', '/V': '4' };
const R5: Values = {
  '/R': '5',
  '/U': '<cf0cb002092bff9d8be3715899c557ac65d714876402092e53bde0a758ca62d16fda581b2e408079417b4bbf04d35bc3>',
};
const R6: Values = {
  '/R': '6',
  '/U': '<ec3ebbe83452d53e32f3e995fbcb03e6faa3d5989ed0571cd6e1cc80c5d76187dae507141d9fae95fb7d0406e0e3fd9f>',
};
/** What belongs to the files whose metadata is not encrypted. */
const PLAIN = { '/EncryptMetadata': 'false', '/U': '<efb71c9c5bd9388282464d089ad5bf4e>' };

const opens = (values: Values, ids = IDS): boolean | undefined =>
  opensWithoutPassword(new Map(Object.entries({ '/Filter': '/Standard', ...values })), ids);

describe('opens without a password', () => {
  const rows: Readonly<Record<string, readonly [values: Values, ids?: string]>> = {
    'of 40 bits': [R2],
    'of 40 bits, whatever length it states': [{ ...R2, '/Length': '128' }],
    'of 128 bits': [R3],
    'of 128 bits, whatever follows its check': [{ ...R3, '/U': '<8a18ef64897fdc52f3da66549d58a362ff>' }],
    'of 128 bits, whatever follows its owner': [{ ...R3, '/O': `<${OWNER}00>` }],
    'of 64 bits': [{ ...R3, '/Length': '64', '/U': '<4baca6899e511939fd17b60f067228f5>' }],
    'of no stated length': [
      { '/R': '3', '/P': '-4', '/O': `<${OWNER}>`, '/U': '<39709f773693a0b8a99dd8465cd33287>' },
    ],
    'with other permissions': [{ ...R3, '/P': '-2056', '/U': '<7ea1677def33cc6f2e19eb96fb7ce5a0>' }],
    'with permissions as a number without a sign': [{ ...R3, '/P': '4294967292' }],
    'with filters for each kind': [R4],
    'with filters, whatever length it states': [{ ...R4, '/Length': '40' }],
    'with plain metadata': [{ ...R4, ...PLAIN }],
    'with plain metadata, which earlier revisions do not have': [{ ...R3, '/EncryptMetadata': 'false' }],
    'with an identifier of characters': [
      { ...R3, '/U': '<d7e49007cb4e6941955317d34e512868>' },
      '[(a\\)\\\\b)(other)]',
    ],
    'without an identifier': [{ ...R3, '/U': '<e3a96cb1545872a8a87f9e3907059b89>' }, ''],
    'of 256 bits by the first way': [R5],
    'of 256 bits': [R6],
    'of 256 bits after other rounds': [
      {
        ...R6,
        '/U': '<9e4ef64683f5da48fe78814206a093159c8eb350a95cf521891e26d60ce18aaa229636fab30d3f390298668a10ffa67d>',
      },
    ],
    'of 256 bits after other rounds again': [
      {
        ...R6,
        '/U': '<b4dc4c149fadb6c59045d5618b24b8e08c35bfec809eeed4eee7441537a7594423b95947dc040c17e0b0aaefe87fdf1b>',
      },
    ],
  };
  for (const [name, [values, ids]] of Object.entries(rows))
    it(name, () => assert.equal(opens(values, ids), true));
});

describe('opens only with a password', () => {
  const rows: Readonly<Record<string, readonly [values: Values, ids?: string]>> = {
    'of 40 bits': [
      {
        ...R2,
        '/O': '<94e8094419662a774442fb072e3d9f19e9d130ec09a4d0061e78fe920f7ab62f>',
        '/U': '<65c00a4d236668b4e9c1b734171c2609c74727f0c6ca00f109aae4121ea230cc>',
      },
    ],
    'of 128 bits': [
      {
        ...R3,
        '/O': '<0ba3835f88f90388e74e54584125ce142be0de24c6b0d37746e075b891756671>',
        '/U': '<a97dc0111092874b775c898ca320684d>',
      },
    ],
    'of 128 bits, by its identifier': [R3, IDS.replace('<ad', '<ae')],
    'of 128 bits, by its permissions': [{ ...R3, '/P': '-8' }],
    'of 128 bits, by metadata that are not plain': [{ ...R4, ...PLAIN, '/EncryptMetadata': 'true' }],
    'of 256 bits by the first way': [
      {
        ...R5,
        '/U': '<9677201ef3bead83736444f2876099e38e96309b2e84554bd2e7d8a71f355157b04fd894b60c9a31240bb5e9faf4cb09>',
      },
    ],
    'of 256 bits': [
      {
        ...R6,
        '/U': '<711baafd72bf79a93b7d7c50747b3fcba32979df3a84934e7006fd2dd02892258d6c33b68e11fc936d4f74bc72793121>',
      },
    ],
    'of 256 bits of the other way': [{ ...R6, '/U': R5['/U'] ?? '' }],
    'without a check': [{ '/R': '3', '/V': '2' }],
  };
  for (const [name, [values, ids]] of Object.entries(rows))
    it(name, () => assert.equal(opens(values, ids), false));
});

describe('nobody knows how it opens', () => {
  const rows: Readonly<Record<string, Values>> = {
    'of another kind': { ...R3, '/Filter': '/Adobe.PubSec' },
    'of an earlier revision': { ...R3, '/R': '1' },
    'of a later revision': { ...R6, '/R': '7' },
    'of no revision': { '/V': '2' },
    'of half a revision': { ...R3, '/R': '2.5' },
  };
  for (const [name, values] of Object.entries(rows)) it(name, () => assert.equal(opens(values), undefined));
});
