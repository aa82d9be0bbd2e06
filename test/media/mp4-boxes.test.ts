// The boxes of an MP4 by their headers: which are listed, found and read, and where a list ends.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findBox, listBoxes, openMp4, readContent } from '../../media/mp4-boxes.ts';
import { sourceOf } from './byte-sources.ts';
import { box, u32 } from './crafted-mp4.ts';

const open = (...parts: readonly Buffer[]) => openMp4(sourceOf(Buffer.concat(parts)));

describe('listBoxes', () => {
  const long = Buffer.concat([u32(1), Buffer.from('mdat'), u32(0), u32(20), Buffer.from('rest')]);
  const rows: Readonly<Record<string, readonly [parts: readonly Buffer[], listed: string]>> = {
    'one after the other': [[box('ftyp', 'isom'), box('moov')], 'ftyp 0-12, moov 12-20'],
    'a long length': [[long, box('moov')], 'mdat 0-20, moov 20-28'],
    'no length, which means to the end': [[u32(0), Buffer.from('mdatrest')], 'mdat 0-12'],
    'a last one that was cut': [[u32(100), Buffer.from('mdat')], 'mdat 0-100'],
    'a length that is less than a header': [[box('ftyp'), u32(7), Buffer.from('moov')], 'ftyp 0-8'],
    'what is no name': [[box('ftyp'), box('mo\0v'), box('free')], 'ftyp 0-8'],
    'less than a header': [[box('ftyp'), u32(8)], 'ftyp 0-8'],
  };
  for (const [name, [parts, listed]] of Object.entries(rows)) {
    it(name, () => {
      const boxes = listBoxes(open(...parts)).map(({ type, start, end }) => `${type} ${start}-${end}`);
      assert.equal(boxes.join(', '), listed);
    });
  }

  it('inside another box ends with the last that lies wholly inside', () => {
    const file = open(box('moov', 'skip', box('mvhd'), u32(9), 'trak'), box('free'));
    const [moov] = listBoxes(file);
    assert.ok(moov !== undefined);
    assert.deepEqual(
      listBoxes(moov, 4).map(({ type }) => type),
      ['mvhd'],
    );
  });
});

describe('findBox and readContent', () => {
  const file = open(box('moov', box('mdia', box('hdlr', 'abcdef')), box('mdia')), box('free', 'x'));
  const [moov] = listBoxes(file);

  it('follow a path to the first box of each type', () => {
    const handler = findBox(moov, 'mdia', 'hdlr');
    assert.equal(readContent(handler, 3, 2).toString(), 'cde');
    assert.equal(readContent(handler, 99, 4).toString(), 'ef');
    assert.equal(readContent(handler, 99, 99).toString(), '');
  });

  it('have nothing where a box is missing', () => {
    assert.equal(findBox(moov, 'mdia', 'minf', 'stbl'), undefined);
    assert.equal(findBox(undefined, 'mdia'), undefined);
    assert.equal(readContent(undefined, 8).length, 0);
  });
});
