// The manifest: what the parser takes and refuses, that the schema agrees, and the canonical text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import {
  isRepositoryPath,
  isSameEntry,
  MAX_MANIFEST_BYTES,
  copyManifest,
  type Manifest,
  type ManifestEntry,
  parseManifest,
  serializeManifest,
  UnreadableManifest,
} from '../../src/manifest/manifest.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

const schemaFile = join(import.meta.dirname, '../../manifest.schema.json');
const isValid = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')),
);

const parse = (text: string): Manifest => parseManifest(Buffer.from(text), 'assets.json');

function messageOf(bytes: string | Buffer): string {
  let message = '';
  assert.throws(
    () => parseManifest(Buffer.from(bytes), 'assets.json'),
    (error) => {
      assert.ok(error instanceof UnreadableManifest);
      message = error.message;
      return true;
    },
  );
  return message;
}

const wrap = (assets: unknown): string => JSON.stringify({ version: 1, assets });

describe('manifests that both the parser and the schema accept', () => {
  const rows: readonly (readonly [name: string, text: string, size: number])[] = [
    ['an empty one', '{"version":1,"assets":{}}', 0],
    ['a usual one', wrap({ 'a/b.jpg': makeEntry() }), 1],
    ['an expiry', wrap({ 'a.jpg': makeEntry({ expiresAt: '2026-11-27T05:33:00.000Z' }) }), 1],
    [
      'every type',
      wrap({
        'a.jpg': makeEntry(),
        'b.png': makeEntry({ type: 'image/png' }),
        'c.mp4': makeEntry({ type: 'video/mp4' }),
        'd.pdf': makeEntry({ type: 'application/pdf' }),
      }),
      4,
    ],
    ['an ID of several lines', wrap({ 'a.jpg': makeEntry({ id: '4:a\n4:b' }) }), 1],
    ['an ID of 64 KiB', wrap({ 'a.jpg': makeEntry({ id: 'x'.repeat(65_536) }) }), 1],
    ['an ID with commands', wrap({ 'a.jpg': makeEntry({ id: '4:x\n::error::y\n##[add-mask]z' }) }), 1],
    ['an empty file', wrap({ 'a.jpg': makeEntry({ size: 0 }) }), 1],
    [
      'times without and with fractions',
      wrap({
        'a.jpg': makeEntry({
          uploadedAt: '2028-02-29T08:00:00Z',
          expiresAt: '2026-01-31T08:00:00.123456789Z',
        }),
      }),
      1,
    ],
    [
      'hostile paths',
      `{"version":1,"assets":{${['__proto__', 'constructor', 'toString', '..a', '.git/x', 'a\\nb', '\\u202e', '-rf', ' ', '...'].map((path) => `"${path}":${JSON.stringify(makeEntry())}`).join()}}}`,
      10,
    ],
    ['a byte order mark', `\ufeff${wrap({})}`, 0],
    ['a schema', '{"version":1,"assets":{},"$schema":"./x.json"}', 0],
    ['other spacing and order', ` {\r\n\t"assets" : { } , "version" : 1.0e0 }\n\n`, 0],
  ];
  for (const [name, text, size] of rows) {
    it(name, () => {
      assert.equal(parse(text).size, size);
      assert.equal(isValid(JSON.parse(text.replace(/^\ufeff/, ''))), true, JSON.stringify(isValid.errors));
    });
  }
});

describe('shapes that both the parser and the schema refuse', () => {
  const entryWith = (change: Record<string, unknown>): unknown => ({
    'a.jpg': { ...makeEntry(), ...change },
  });
  const rows: readonly (readonly [name: string, value: unknown, message: RegExp])[] = [
    ['null', null, /it is not a JSON object\. Restore it from git, or run once with `force: true`/],
    ['an array', [], /it is not a JSON object/],
    ['text', 'x', /it is not a JSON object/],
    ['no version', { assets: {} }, /it has no `version`, so it may be another file: check `manifest-path`/],
    [
      'a version as text',
      { version: '1', assets: {} },
      /its version is not a number; this release reads version 1/,
    ],
    [
      'a newer version',
      { version: 2, assets: {} },
      /its version is 2; .* A newer release of the action may have/,
    ],
    ['an unknown field', { version: 1, assets: {}, extra: 1 }, /it has an unknown field "extra"/],
    ['no assets', { version: 1 }, /`assets` is not an object/],
    ['assets as a list', { version: 1, assets: [] }, /`assets` is not an object/],
    ['assets null', { version: 1, assets: null }, /`assets` is not an object/],
    [
      'an entry that is text',
      { version: 1, assets: { 'a.jpg': '4:x' } },
      /assets\["a\.jpg"\] is not an object/,
    ],
    [
      'an entry that is null',
      { version: 1, assets: { 'a.jpg': null } },
      /assets\["a\.jpg"\] is not an object/,
    ],
    [
      'an entry that is a list',
      { version: 1, assets: { 'a.jpg': [] } },
      /assets\["a\.jpg"\] is not an object/,
    ],
    ...['id', 'sha256', 'size', 'type', 'target', 'uploadedAt'].map(
      (key) =>
        [
          `an entry without ${key}`,
          { version: 1, assets: entryWith({ [key]: undefined }) },
          new RegExp(`assets\\["a\\.jpg"\\]\\.${key} is wrong: it is not`),
        ] as const,
    ),
    ...(
      [
        ['an unknown field', { note: 'x' }, /assets\["a\.jpg"\] has an unknown field "note"/],
        ['an inherited name', { toString: 'x' }, /has an unknown field "toString"/],
        ['an empty ID', { id: '' }, /\.id is wrong: the ID is empty/],
        ['an ID over 64 KiB', { id: 'x'.repeat(65_537) }, /the ID has 65537 bytes; at most 65536/],
        ['an ID with a carriage return', { id: 'a\rb' }, /the ID contains control characters/],
        ['an ID with NUL', { id: 'a\0' }, /the ID contains control characters/],
        ['an ID with an escape', { id: '\u001b[31m' }, /the ID contains control characters/],
        ['an ID with a C1 control', { id: 'a\u009b' }, /the ID contains control characters/],
        ['an ID that is a number', { id: 4 }, /\.id is wrong: it is not a string/],
        ['a short hash', { sha256: 'ab' }, /\.sha256 is wrong: it is not 64 lower-case hex digits/],
        ['an upper-case hash', { sha256: 'A'.repeat(64) }, /\.sha256 is wrong/],
        ['a hash with a line feed', { sha256: `${'a'.repeat(64)}\n` }, /\.sha256 is wrong/],
        ['a hash that is a list', { sha256: ['a'.repeat(64)] }, /\.sha256 is wrong/],
        ['a negative size', { size: -1 }, /\.size is wrong: it is not a whole number of bytes/],
        ['a broken size', { size: 1.5 }, /\.size is wrong/],
        ['a size as text', { size: '1' }, /\.size is wrong/],
        ['a size beyond exact numbers', { size: 2 ** 53 }, /\.size is wrong/],
        ['another type', { type: 'image/jpg' }, /\.type is wrong: it is not one of image\/jpeg, image\/png/],
        ['a type that is inherited', { type: 'constructor' }, /\.type is wrong/],
        ['a short target', { target: '9f0c' }, /\.target is wrong: it is not 16 lower-case hex digits/],
        ['a time in words', { uploadedAt: 'yesterday' }, /\.uploadedAt is wrong: it is not a UTC time like/],
        ['a time with an offset', { uploadedAt: '2026-01-31T08:00:00+01:00' }, /\.uploadedAt is wrong/],
        ['a time as a number', { uploadedAt: 1_700_000_000_000 }, /\.uploadedAt is wrong/],
        ['a thirteenth month', { uploadedAt: '2026-13-01T00:00:00Z' }, /\.uploadedAt is wrong/],
        ['a thirty-second day', { uploadedAt: '2026-01-32T00:00:00Z' }, /\.uploadedAt is wrong/],
        ['a zeroth day', { uploadedAt: '2026-01-00T00:00:00Z' }, /\.uploadedAt is wrong/],
        ['a twenty-fifth hour', { uploadedAt: '2026-01-01T25:00:00Z' }, /\.uploadedAt is wrong/],
        ['a sixtieth minute', { uploadedAt: '2026-01-01T00:60:00Z' }, /\.uploadedAt is wrong/],
        ['a leap second', { uploadedAt: '2026-01-01T23:59:60Z' }, /\.uploadedAt is wrong/],
        ['a null expiry', { expiresAt: null }, /\.expiresAt is wrong/],
        ['an expiry in words', { expiresAt: 'never' }, /\.expiresAt is wrong/],
      ] as const
    ).map(([name, change, message]) => [name, { version: 1, assets: entryWith(change) }, message] as const),
    ...[
      '',
      '/a.jpg',
      'a//b.jpg',
      'a/',
      '.',
      '..',
      './a.jpg',
      '../a.jpg',
      'a/./b.jpg',
      'a/../b.jpg',
      'a/..',
      'a\0b',
    ].map(
      (path) =>
        [
          `the path ${JSON.stringify(path)}`,
          { version: 1, assets: { [path]: makeEntry() } },
          / is not a repository-relative path/,
        ] as const,
    ),
  ];
  for (const [name, value, message] of rows) {
    it(name, () => {
      assert.match(messageOf(JSON.stringify(value)), message);
      assert.equal(isValid(JSON.parse(JSON.stringify(value))), false);
    });
  }

  it('prototype keys are fields like any other', () => {
    const entry = JSON.stringify(makeEntry());
    assert.match(messageOf(`{"__proto__":{"version":1,"assets":{}}}`), /it has no `version`/);
    assert.match(messageOf(`{"version":1,"assets":{},"__proto__":{}}`), /unknown field "__proto__"/);
    assert.match(
      messageOf(`{"version":1,"assets":{"a.jpg":{"__proto__":${entry}}}}`),
      /has an unknown field "__proto__"/,
    );
    assert.match(
      messageOf(`{"version":1,"assets":{"a.jpg":{${entry.slice(1, -1)},"constructor":1}}}`),
      /"constructor"/,
    );
    assert.equal(isValid(JSON.parse('{"__proto__":{"version":1,"assets":{}}}')), false);
  });
});

const entryText = JSON.stringify(makeEntry());

describe('texts that are no manifest', () => {
  const conflict = '{\n  "version": 1,\n<<<<<<< HEAD\n  "assets": {}\n=======\n>>>>>>> other\n}\n';
  const rows: readonly (readonly [name: string, text: string | Buffer, message: RegExp])[] = [
    ['nothing', '', /it is empty\./],
    ['blanks', '\ufeff \n', /it is empty\./],
    ['an empty object', '{}', /it has no `version`, so it may be another file/],
    ['the start of one', '{\n  "version": 1,\n  "assets"', /it is not valid JSON \(line 3, column 11\)/],
    ['two documents', '{"version":1,"assets":{}}\n{}', /it is not valid JSON \(line 2, column 1\)/],
    [
      'an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\n',
      /it is not valid JSON \(line 1, column 1\)/,
    ],
    [
      'merge markers',
      conflict,
      /it has merge conflict markers \(line 3, column 1\)\. Resolve the conflict: keep the/,
    ],
    ['markers at the end', '{}\n>>>>>>> x', /it has merge conflict markers \(line 2, column 1\)/],
    [
      'a duplicate path',
      `{"version":1,"assets":{\n"a":${entryText},\n"a":${entryText}}}`,
      /the key "a" stands twice \(line 3, column 1\)\. Keep one of the two/,
    ],
    [
      'a duplicate in escapes',
      `{"version":1,"assets":{"a":${entryText},"\\u0061":2}}`,
      /the key "a" stands twice/,
    ],
    [
      'a duplicate in an entry',
      `{"version":1,"assets":{"a":{"id":"4:x",\n"id":"4:y"}}}`,
      /the key "id" stands twice \(line 2, column 1\)/,
    ],
    ['duplicate assets', '{"version":1,"assets":{},"assets":{}}', /the key "assets" stands twice/],
    ['a newer version with other assets', '{"assets":{"a":[1]},"version":2}', /its version is 2/],
    ['a schema that is no text', '{"$schema":1,"version":1,"assets":{}}', /`\$schema` is not a string/],
    ['a duplicate version', '{"version":1,"version":1,"assets":{}}', /the key "version" stands twice/],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /it is not UTF-8 text/],
    ['UTF-16', Buffer.from(wrap({}), 'utf16le'), /it is not valid JSON/],
    ['lists nested deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /it is not a JSON object/],
    ['objects nested deeply', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /it has no `version`/],
    [
      'a version of text nested deeply',
      `{"version":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      /its version is not a number/,
    ],
    ['hostile text in a key', '{"version":1,"assets":{},"\\n::error::x ##[add-mask]y":1}', /unknown field "/],
  ];
  for (const [name, text, message] of rows) it(name, () => assert.match(messageOf(text), message));

  it('names the place and the remedy', () => {
    assert.match(messageOf('x'), /^The manifest assets\.json cannot be read: .*force: true/);
  });

  it('refuses more than 28 MiB without reading them', () => {
    const large = Buffer.alloc(MAX_MANIFEST_BYTES + 1, ' ');
    assert.match(messageOf(large), /it has 29360129 bytes; at most 29360128 \(28 MiB\) are read/);
  });

  it('reads up to 28 MiB', () => {
    const text = wrap({ 'a.jpg': makeEntry() });
    const padded = Buffer.alloc(MAX_MANIFEST_BYTES, ' ');
    padded.write(text);
    assert.equal(parseManifest(padded, 'x').size, 1);
  });
});

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const entry: fc.Arbitrary<ManifestEntry> = fc
  .record({
    id: fc
      .string({ unit: codePoint, minLength: 1, maxLength: 30 })
      .map((id) => id.replace(/[\p{Cc}\p{Cs}]/gu, 'x')),
    sha256: hex(64),
    size: fc.maxSafeNat(),
    type: fc.constantFrom('image/jpeg', 'image/png', 'video/mp4', 'application/pdf'),
    target: hex(16),
    uploadedAt: time,
    expiresAt: fc.option(time, { nil: undefined }),
  })
  .map(({ expiresAt, ...rest }): ManifestEntry => (expiresAt === undefined ? rest : { ...rest, expiresAt }));
const path = fc
  .oneof(
    fc.string({ unit: codePoint, minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'a',
      'B',
      'é',
      'e\u0301',
      '10',
      '9',
      'a/b',
      '\u{1f600}',
      '\uffff',
    ),
  )
  .filter(isRepositoryPath);
const manifest = fc.array(fc.tuple(path, entry), { maxLength: 8 }).map((pairs): Manifest => new Map(pairs));

describe('serializeManifest', () => {
  it('keeps the schema, first', () => {
    const manifest = parse('{"version":1,"$schema":"https://x.example/a\\"b.json","assets":{}}');
    const text = serializeManifest(manifest);
    assert.equal(
      text,
      '{\n  "$schema": "https://x.example/a\\"b.json",\n  "version": 1,\n  "assets": {}\n}\n',
    );
    assert.equal(serializeManifest(copyManifest(parse(text))), text);
  });

  it('writes two-space JSON, LF and a final newline', () => {
    const long = makeEntry({ id: '4:x\n4:y', expiresAt: '2026-11-27T05:33:00.000Z' });
    const { expiresAt, uploadedAt, target, ...rest } = long;
    // Fields come out in the order of the contract, however they went in.
    const shuffled = { expiresAt, target, uploadedAt, ...rest } as ManifestEntry;
    const text = serializeManifest(
      new Map([
        ['b.jpg', makeEntry()],
        ['a.jpg', shuffled],
      ]),
    );
    const plain = JSON.stringify(
      { version: 1, assets: { 'a.jpg': long, 'b.jpg': makeEntry() } },
      undefined,
      2,
    );
    assert.equal(text, `${plain}\n`);
    assert.equal(serializeManifest(new Map()), '{\n  "version": 1,\n  "assets": {}\n}\n');
  });

  it('orders paths by code units, digits and __proto__ included', () => {
    const paths = ['\uffff', '\u{1f600}', 'é', 'b', 'a', 'Z', '__proto__', '10', '9', 'a/b', 'a.b'];
    const text = serializeManifest(new Map(paths.map((path) => [path, makeEntry()])));
    const order = ['10', '9', 'Z', '__proto__', 'a', 'a.b', 'a/b', 'b', 'é', '\u{1f600}', '\uffff'];
    assert.deepEqual(
      [...text.matchAll(/^ {4}("(?:[^"\\]|\\.)*"): \{$/gm)].map(([, key]) => JSON.parse(key ?? '')),
      order,
    );
  });

  it('is read back as the same, is stable, and fits the schema', () => {
    fc.assert(
      fc.property(manifest, (entries) => {
        const text = serializeManifest(entries);
        const back = parse(text);
        assert.deepEqual(new Map([...back].sort()), new Map([...entries].sort()));
        assert.equal(serializeManifest(back), text);
        assert.equal(serializeManifest(new Map([...entries].reverse())), text);
        assert.equal(isValid(JSON.parse(text)), true);
      }),
      { seed: 6, numRuns: triesOf(300) },
    );
  });
});

describe('parseManifest on damaged texts', () => {
  it('either reads a manifest that the schema accepts, or says what is wrong', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '0',
      '-',
      'e',
      '\\',
      '\n',
      '\0',
      'é',
      'null',
      '"id"',
      '1',
      '<<<<<<< ',
    );
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        manifest,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.array(pieces, { maxLength: 3 }),
        (entries, at, cut, insert) => {
          const text = serializeManifest(entries);
          const place = at % text.length;
          const damaged = Buffer.from(text.slice(0, place) + insert.join('') + text.slice(place + cut));
          try {
            parseManifest(damaged, 'x');
          } catch (error) {
            assert.ok(error instanceof UnreadableManifest, String(error));
            refused += 1;
            return;
          }
          assert.equal(isValid(JSON.parse(damaged.toString())), true, JSON.stringify(isValid.errors));
          read += 1;
        },
      ),
      { seed: 6, numRuns: triesOf(3000) },
    );
    assert.ok(read > triesOf(300) && refused > triesOf(1000), `${read} read, ${refused} refused`);
  });

  it('agrees with the schema on any JSON', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(1, '2026-01-31T08:00:00Z', 'image/png', 'a'.repeat(64), 'a'.repeat(16)),
    );
    const field = fc.constantFrom(
      'id',
      'sha256',
      'size',
      'type',
      'target',
      'uploadedAt',
      'expiresAt',
      'x',
      '__proto__',
    );
    fc.assert(
      fc.property(path, entry, field, value, fc.boolean(), (path, entry, field, value, drop) => {
        const changed = Object.fromEntries([
          ...Object.entries(entry).filter(([key]) => key !== field),
          ...(drop ? [] : [[field, value]]),
        ]);
        const text = JSON.stringify({ version: 1, assets: Object.fromEntries([[path, changed]]) });
        let isRead = true;
        try {
          parse(text);
        } catch {
          isRead = false;
        }
        assert.equal(isRead, isValid(JSON.parse(text)), text);
      }),
      { seed: 6, numRuns: triesOf(2000) },
    );
  });
});

describe('isSameEntry', () => {
  it('compares field by field', () => {
    const other = makeEntry({ expiresAt: '2026-11-27T05:33:00.000Z' });
    assert.equal(isSameEntry(makeEntry(), makeEntry()), true);
    assert.equal(isSameEntry(undefined, undefined), true);
    assert.equal(isSameEntry(makeEntry(), undefined), false);
    assert.equal(isSameEntry(undefined, makeEntry()), false);
    assert.equal(isSameEntry(makeEntry(), other), false);
    for (const key of ['id', 'sha256', 'size', 'type', 'target', 'uploadedAt'] as const) {
      assert.equal(isSameEntry(makeEntry(), { ...makeEntry(), [key]: 'x' }), false, key);
    }
  });
});
