// The shape of the IDs the simulator hands out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFileId } from '../../simulator/file-ids.ts';

const facts = { fileName: '0123456789abcdef.jpg', contentType: 'image/jpeg', size: 250, unique: 'a' };
const name = Buffer.from(facts.fileName).toString('base64');
const type = Buffer.from(facts.contentType).toString('base64');

describe('an ID', () => {
  it('names file and type and states no expiry', () => {
    const id = createFileId(facts, { expiresAt: undefined, bytesPerLine: 1000 });
    assert.match(id, new RegExp(`^4:${name}:${type}:[\\w-]+$`));
  });

  it('states its expiry', () => {
    const id = createFileId(facts, { expiresAt: 1_700_000_000, bytesPerLine: 1000 });
    assert.match(id, new RegExp(`^4:${name}:${type}:[\\w-]+:e:1700000000:\\d+:[\\w-]+$`));
  });

  it('has a line for each started block, each expiring a second earlier', () => {
    const lines = createFileId(facts, { expiresAt: 1_700_000_000, bytesPerLine: 100 }).split('\n');
    assert.equal(new Set(lines.map((line) => line.split(':')[3])).size, 3);
    const expiries = lines.map((line) => /:e:(\d{10}):/.exec(line)?.[1]);
    assert.deepEqual(expiries, ['1700000000', '1699999999', '1699999998']);
  });

  it('is the same for the same facts and another for others', () => {
    const style = { expiresAt: undefined, bytesPerLine: 1000 };
    assert.equal(createFileId(facts, style), createFileId({ ...facts }, style));
    assert.notEqual(createFileId(facts, style), createFileId({ ...facts, unique: 'b' }, style));
  });
});
