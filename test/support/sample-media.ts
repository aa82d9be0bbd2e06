// Small valid assets of every type, each different by its seed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const examples = join(import.meta.dirname, '../../examples/assets');

/** An 8-bit RGB picture of 191 × 100 pixels in a colour of its own; `padding` bytes make it larger. */
export function makePng(seed: string | number, padding = 0): Buffer {
  const colour = crc32(`${seed}`) & 0xffffff;
  return encodePng(191, 100, () => colour, { comment: `${seed}${' '.repeat(padding)}` });
}

/** An 8-bit picture of the given colours: RGB in three bytes, or RGBA in four. */
export function encodePng(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => number,
  { comment = '', channels = 3 }: { comment?: string; channels?: 3 | 4 } = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 3 ? 2 : 6, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * channels);
    for (let x = 0; x < width; x += 1) row.writeUIntBE(colourAt(x, y), 1 + x * channels, channels);
    return row;
  });
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    makeChunk('IHDR', header),
    makeChunk('tEXt', Buffer.from(`Comment\0${comment}`)),
    makeChunk('IDAT', deflateSync(Buffer.concat(rows))),
    makeChunk('IEND', Buffer.alloc(0)),
  ]);
}

function makeChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A one-page document; `padding` bytes make it larger. */
export function makePdf(seed: string | number, padding = 0): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>',
  ];
  let text = `%PDF-1.4\n% ${seed}${' '.repeat(padding)}\n`;
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 4\n0000000000 65535 f \n${rows}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** The example picture with a comment of its own. */
export function makeJpeg(seed: string | number): Buffer {
  const base = readFileSync(join(examples, 'whatsapp/promo/header.jpg'));
  const comment = Buffer.from(`\u00ff\u00fe\0\0${seed}`, 'latin1');
  comment.writeUInt16BE(comment.length - 2, 2);
  return Buffer.concat([base.subarray(0, 2), comment, base.subarray(2)]);
}

/** The example video with a free box of its own at the end. */
export function makeMp4(seed: string | number): Buffer {
  const base = readFileSync(join(examples, 'whatsapp/events/teaser.mp4'));
  const box = Buffer.from(`\0\0\0\0free${seed}`, 'latin1');
  box.writeUInt32BE(box.length, 0);
  return Buffer.concat([base, box]);
}
