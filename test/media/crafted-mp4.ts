// MP4s made of boxes by hand, whole ones and such that lie about what they hold.
import assert from 'node:assert/strict';
import { type Box, findBox, openMp4 } from '../../media/mp4-boxes.ts';
import { sourceOf } from './byte-sources.ts';

/** A number of four bytes. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A box; texts are Latin-1. */
export function box(type: string, ...content: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

/** A description of H.264 video with this sequence parameter set, as binary digits behind its level. */
export function h264(profile: number, digits: string): Buffer {
  const bytes = digits.padEnd(64, '1').match(/.{8}/g) ?? [];
  const set = Buffer.from([0x67, profile, 0, 30, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
  const head = Buffer.from([1, profile, 0, 30, 0xff, 0xe1, set.length >> 8, set.length & 255]);
  return avc1(box('avcC', head, set));
}

/** An MP4 whose index holds these boxes behind its header. */
export function movie(...boxes: readonly Buffer[]): Buffer {
  const header = box('mvhd', Buffer.alloc(12), u32(1_000), u32(2_000), Buffer.alloc(80));
  return Buffer.concat([
    box('ftyp', 'isom', u32(0), 'isom'),
    box('moov', header, ...boxes),
    box('mdat', 'x'.repeat(8)),
  ]);
}

/** A track of 320 × 168 pixels, with one sample description and further tables. */
export function track(handler: 'vide' | 'soun', entry: Buffer, ...tables: readonly Buffer[]): Buffer {
  const header = box('tkhd', u32(1), Buffer.alloc(72), u32(320 << 16), u32(168 << 16));
  return trackOf(header, handler, box('stsd', u32(0), u32(1), entry), ...tables);
}

/** A track of a header and tables. */
export function trackOf(header: Buffer, handler: string, ...tables: readonly Buffer[]): Buffer {
  const kind = box('hdlr', Buffer.alloc(8), handler, Buffer.alloc(13));
  return box('trak', header, box('mdia', kind, box('minf', box('stbl', ...tables))));
}

/** The index of these boxes, opened, in a file that goes on with this content. */
export function openIndex(boxes: readonly Buffer[], content = Buffer.alloc(0)): Box {
  const moov = findBox(openMp4(sourceOf(Buffer.concat([box('moov', ...boxes), content]))), 'moov');
  assert.ok(moov !== undefined);
  return moov;
}

/** A description of H.264 video with these boxes inside. */
export function avc1(...boxes: readonly Buffer[]): Buffer {
  return box('avc1', Buffer.alloc(78), ...boxes);
}

/** The parameters of H.264 in Main profile, without any of the sets they announce. */
export function avcC(sets = 0): Buffer {
  return box('avcC', Buffer.from([1, 77, 0, 30, 0xff, 0xe0 | sets, ...(sets === 0 ? [0] : [0xff, 0xff])]));
}

/** A description of MPEG-4 audio with these descriptors inside. */
export function mp4a(...descriptors: readonly Buffer[]): Buffer {
  return box('mp4a', Buffer.alloc(28), box('esds', u32(0), ...descriptors));
}

/** An MPEG-4 descriptor; it says that it has `length` bytes, which need not be so. */
export function descriptor(tag: number, content: Buffer, length = content.length): Buffer {
  const lengths = [21, 14, 7, 0].map((shift) => ((length >>> shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
  return Buffer.concat([Buffer.from([tag, ...lengths]), content]);
}
