// How an entry is made, and its fields one by one. What the schema says as well is shown in manifest.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEntry, ENTRY_FIELDS } from '../../src/manifest/manifest-entry.ts';
import { makeAsset } from '../support/asset.ts';
import { makeEntry } from '../support/manifest-entry.ts';

const TIME = /^it is not a UTC time like 2026-01-31T08:00:00\.000Z$/;

const refused: readonly (readonly [field: keyof typeof ENTRY_FIELDS, value: unknown, fault: RegExp])[] = [
  ['id', undefined, /^it is not a string$/],
  ['id', '', /^the ID is empty$/],
  ['sha256', 'A'.repeat(64), /^it is not 64 lower-case hex digits$/],
  ['size', -1, /^it is not a whole number of bytes$/],
  ['type', 'image/jpg', /^it is not one of image\/jpeg, image\/png, video\/mp4, application\/pdf$/],
  ['type', 'constructor', /^it is not one of /],
  ['type', ['image/png'], /^it is not one of /],
  ['target', '9f0c', /^it is not 16 lower-case hex digits$/],
  ['uploadedAt', undefined, TIME],
  ['expiresAt', '2026-04-32T00:00:00Z', TIME],
];

describe('ENTRY_FIELDS', () => {
  it('find no fault with an entry, with an expiry or without', () => {
    const entry = makeEntry({ uploadedAt: '2028-02-29T23:59:59Z' });
    for (const [field, findFault] of Object.entries(ENTRY_FIELDS))
      assert.equal(findFault({ ...entry }[field]), undefined, field);
    assert.equal(ENTRY_FIELDS.expiresAt('2026-01-31T08:00:00.123456789Z'), undefined);
  });

  for (const [field, value, fault] of refused)
    it(`${field} ${JSON.stringify(value)?.slice(0, 30)}`, () => {
      assert.match(ENTRY_FIELDS[field](value) ?? '', fault);
    });
});

describe('buildEntry', () => {
  const asset = makeAsset('a.jpg');
  const at = Date.parse('2026-11-23T05:33:00Z');

  it('records the content that was judged, the target and the time', () => {
    const entry = buildEntry(asset, '4:x', at, 'f'.repeat(16));
    const { sha256, size, type } = asset;
    const uploadedAt = '2026-11-23T05:33:00.000Z';
    assert.deepEqual(entry, { id: '4:x', sha256, size, type, target: 'f'.repeat(16), uploadedAt });
  });

  it('has the expiry that the ID states', () => {
    const id = '4:a:b:c:e:1795757580:d';
    const { expiresAt } = buildEntry(asset, id, at, 'f'.repeat(16));
    assert.equal(expiresAt, new Date(1_795_757_580_000).toISOString());
  });
});
