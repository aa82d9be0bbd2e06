// The remark the demo adds to a picture must leave a well-formed file.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import { addRemark } from '../../scripts/demo-folder.ts';

const samples = resolve(import.meta.dirname, '../../examples/assets/whatsapp');

async function remark(t: TestContext, sample: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'remark-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, sample.replace('/', '-'));
  await cp(join(samples, sample), file);
  await addRemark(file, 'a remark');
  return readFile(file);
}

function readPngChunks(png: Buffer): string[] {
  const types: string[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
    types.push(body.toString('latin1', 0, 4));
    at += length + 12;
  }
  return types;
}

function readJpegSegments(jpeg: Buffer): number[] {
  const markers: number[] = [];
  for (let at = 2; jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2)) {
    assert.equal(jpeg[at], 0xff);
    markers.push(jpeg[at + 1] ?? 0);
  }
  return markers;
}

describe('a remark', () => {
  it('is a text chunk behind the header of a PNG', async (t) => {
    const chunks = readPngChunks(await remark(t, 'promo/voucher.png'));
    assert.deepEqual(chunks.slice(0, 2), ['IHDR', 'tEXt']);
    assert.equal(chunks.at(-1), 'IEND');
  });

  it('is a comment behind the first segment of a JPEG', async (t) => {
    assert.deepEqual(readJpegSegments(await remark(t, 'promo/header.jpg')).slice(0, 2), [0xe0, 0xfe]);
  });
});
