// What can be known of a file ID: whether it can be recorded, when it expires, which content it names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildFileName,
  contradictsContent,
  findIdFault,
  parseStatedExpiry,
} from '../../src/nxcloud/file-id.ts';

const sha256 = '0123456789abcdef'.repeat(4);
const encode = (text: string) => Buffer.from(text).toString('base64');

describe('findIdFault', () => {
  const usable = {
    'one byte': '4',
    'several lines': '4:a\n4:b\n4:c',
    'blanks and signs': ' 4:: ~"\\ ',
    'letters beyond ASCII': '4:é牛😀',
    'exactly 64 KiB': 'x'.repeat(65_536),
    'exactly 64 KiB of two-byte letters': 'é'.repeat(32_768),
  };
  for (const [name, id] of Object.entries(usable)) {
    it(`takes ${name}`, () => assert.equal(findIdFault(id), undefined));
  }

  const faults: Readonly<Record<string, readonly [id: string, said: RegExp]>> = {
    'no byte': ['', /^the ID is empty$/],
    'a byte over 64 KiB': ['x'.repeat(65_537), /has 65537 bytes; at most 65536/],
    'a byte over 64 KiB in two-byte letters': [`x${'é'.repeat(32_768)}`, /has 65537 bytes/],
  };
  for (const [name, [id, said]] of Object.entries(faults)) {
    it(`refuses ${name}`, () => assert.match(findIdFault(id) ?? '', said));
  }

  it('refuses every control character but the line feed', () => {
    const codes = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, at) => 0x7f + at)];
    const refused = codes.filter((code) => findIdFault(`4:${String.fromCharCode(code)}`) !== undefined);
    assert.deepEqual(
      refused,
      codes.filter((code) => code !== 0x0a),
    );
  });
});

describe('parseStatedExpiry', () => {
  const cases: Readonly<Record<string, readonly [id: string, expected: number | undefined]>> = {
    'one line': ['4:YQ==:aW1hZ2U=:AR:e:1795066380:77:AR', 1_795_066_380_000],
    'the earliest of several lines': [
      '4:a:e:1795066382:x\n4:b:e:1795066380:x\n4:c:e:1795066381:x',
      1_795_066_380_000,
    ],
    'the earliest of one line': ['4:a:e:1795066382:e:1795066380:x', 1_795_066_380_000],
    'no expiry': ['4:YQ==:aW1hZ2U=:AR', undefined],
    'nine digits': ['4:a:e:179506638:x', undefined],
    'eleven digits': ['4:a:e:17950663800:x', undefined],
    'no colon after it': ['4:a:e:1795066380', undefined],
    'a line end after it': ['4:a:e:1795066380\n:x', undefined],
    'another letter': ['4:a:f:1795066380:x', undefined],
  };
  for (const [name, [id, expected]] of Object.entries(cases)) {
    it(`reads ${name}`, () => assert.equal(parseStatedExpiry(id), expected));
  }
});

describe('buildFileName', () => {
  const extensions = {
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'video/mp4': 'mp4',
    'application/pdf': 'pdf',
  } as const;
  for (const [type, extension] of Object.entries(extensions) as [keyof typeof extensions, string][]) {
    it(`ends in .${extension} for ${type}`, () => {
      assert.equal(buildFileName(sha256, type), `0123456789abcdef.${extension}`);
    });
  }
});

describe('contradictsContent', () => {
  const own = encode('0123456789abcdef.jpg');
  const other = encode('fedcba9876543210.jpg');
  const cases: Readonly<Record<string, readonly [id: string, expected: boolean]>> = {
    'the content’s own name': [`4:${own}:aW1hZ2U=:AR`, false],
    'another content’s name': [`4:${other}:aW1hZ2U=:AR`, true],
    'another content’s name in the second line': [`4:${own}:x:AR\n4:${other}:x:AR`, true],
    'another content’s name, without padding': [`4:${other.replace(/=+$/, '')}:x:AR`, true],
    'a name of another form': [`4:${encode('header.jpg')}:x:AR`, false],
    'a name with another extension': [`4:${encode('fedcba9876543210.gif')}:x:AR`, false],
    'a name in capitals': [`4:${encode('FEDCBA9876543210.jpg')}:x:AR`, false],
    'no handle': ['anything at all', false],
    'what is not base64': ['4:***:x:AR', false],
    nothing: ['', false],
  };
  for (const [name, [id, expected]] of Object.entries(cases)) {
    it(`${expected ? 'sees' : 'does not see'} a contradiction in ${name}`, () => {
      assert.equal(contradictsContent(id, sha256), expected);
    });
  }
});
