// The entry of what was uploaded.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEntry } from '../../src/upload/entry.ts';
import { makeAsset } from '../support/asset.ts';

describe('buildEntry', () => {
  const asset = makeAsset('a.jpg');
  const at = Date.parse('2026-11-23T05:33:00Z');

  it('records the content that was judged, the target and the time', () => {
    const entry = buildEntry(asset, { kind: 'uploaded', id: '4:x', at, durationMs: 1 }, 'f'.repeat(16));
    const { sha256, size, type } = asset;
    const uploadedAt = '2026-11-23T05:33:00.000Z';
    assert.deepEqual(entry, { id: '4:x', sha256, size, type, target: 'f'.repeat(16), uploadedAt });
  });

  it('has the expiry that the ID states', () => {
    const id = '4:a:b:c:e:1795757580:d';
    const { expiresAt } = buildEntry(asset, { kind: 'uploaded', id, at, durationMs: 1 }, 'f'.repeat(16));
    assert.equal(expiresAt, new Date(1_795_757_580_000).toISOString());
  });
});
