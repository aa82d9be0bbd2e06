// Makes the sample files that no tool makes: cut, patched and joined from the others. Called by make.sh.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const here = import.meta.dirname;
const work = process.argv[2] ?? here;

const sample = (name: string) => readFileSync(join(here, name));
const part = (name: string) => readFileSync(join(work, name));
const bytes = (text: string) => Buffer.from(text, 'latin1');
const save = (name: string, ...parts: (Buffer | string)[]) =>
  writeFileSync(
    join(here, name),
    Buffer.concat(parts.map((item) => (typeof item === 'string' ? bytes(item) : item))),
  );
const cut = (name: string, share: number) => {
  const whole = sample(name);
  return whole.subarray(0, Math.floor(whole.length * share));
};

const patch = (file: Buffer, at: number, ...values: number[]) => {
  const patched = Buffer.from(file);
  patched.set(values, at);
  return patched;
};
const zeroTail = (file: Buffer, length: number) => Buffer.from(file).fill(0, file.length - length);
/** What programs do that take a file for text. */
const asUtf8 = (file: Buffer) => Buffer.from(file.toString('utf8'));
const asLatin1 = (file: Buffer) => Buffer.from(file.toString('latin1'));
const asAscii = (file: Buffer) => file.toString('latin1').replace(/[\x80-\xff]/g, '?');
const asWindows = (file: Buffer) => file.toString('latin1').replaceAll('\n', '\r\n');

// --- PNG ---
const png = sample('png-rgb.png');
save('png-trailing-bytes.png', png, '\0'.repeat(300), 'appended by a web server');
save('png-cut.png', png.subarray(0, Math.floor(png.length / 2)));
save('png-cut-header.png', png.subarray(0, 20));
const firstData = png.indexOf('IDAT') - 4;
save('png-no-picture.png', png.subarray(0, firstData), png.subarray(-12));
save('png-without-end-chunk.png', png.subarray(0, -12));
save('png-xcode.png', png.subarray(0, 8), '\0\0\0\x04CgBI\x50\0\x20\x02\x2b\xd5\xb3\x7f', png.subarray(8));
save('png-bad-chunk.png', png.subarray(0, 37), '????', png.subarray(41));
save('png-wrong-header-checksum.png', patch(png, 29, png.readUInt8(29) ^ 1));
save('png-wrong-data-checksum.png', patch(png, firstData + 100, png.readUInt8(firstData + 100) ^ 1));
save('png-zero-half.png', zeroTail(png, png.length >> 1));
save('png-zero-half-before-end.png', zeroTail(png.subarray(0, -12), png.length >> 1), png.subarray(-12));
const PNG_DEPTH = 24;
for (const [depth, colour] of [
  [0, 2],
  [3, 3],
  [99, 2],
  [8, 1],
] as const) {
  const odd = patch(png, PNG_DEPTH, depth, colour);
  odd.writeUInt32BE(crc32(odd.subarray(12, 29)), 29);
  save(`png-${depth}-bits-in-colour-type-${colour}.png`, odd);
}
save('sniff-text-utf8.png', asUtf8(png));
save('sniff-text-latin1.png', asLatin1(png));
save('sniff-line-endings.png', png.toString('latin1').replaceAll('\r\n', '\n'));

// --- JPEG ---
const jpeg = sample('jpeg-baseline.jpg');
const segment = (marker: string, content: string | Buffer) => {
  const body = typeof content === 'string' ? bytes(content) : content;
  const head = Buffer.from([0xff, marker.charCodeAt(0), (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([head, body]);
};
const afterStart = (file: Buffer, ...segments: Buffer[]) =>
  Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)]);
const frameAt = (file: Buffer) =>
  [0xc0, 0xc1, 0xc2]
    .map((code) => file.indexOf(bytes(`\xff${String.fromCharCode(code)}\0\x11`)))
    .find((at) => at !== -1) ?? 0;
const frame = frameAt(jpeg);
save('jpeg-12-bit.jpg', patch(patch(jpeg, frame + 1, 0xc1), frame + 4, 12));
save('jpeg-arithmetic.jpg', patch(jpeg, frame + 1, 0xc9));
save('jpeg-rows-after-scan.jpg', patch(patch(jpeg, frame + 5, 0), frame + 6, 0));
const cmyk = sample('jpeg-cmyk.jpg');
save('jpeg-ycck.jpg', patch(cmyk, cmyk.indexOf('Adobe') + 11, 2));
save('jpeg-cut.jpg', cut('jpeg-baseline.jpg', 0.7));
save('jpeg-cut-progressive.jpg', cut('jpeg-progressive.jpg', 0.7));
save('jpeg-cut-header.jpg', jpeg.subarray(0, 60));
save('jpeg-cut-phone.jpg', cut('jpeg-phone.jpg', 0.9));
save('jpeg-without-end-marker.jpg', jpeg.subarray(0, -2));
save('jpeg-fill-bytes.jpg', jpeg.subarray(0, frame), '\xff'.repeat(700), jpeg.subarray(frame));
save('jpeg-stray-bytes.jpg', jpeg.subarray(0, frame), '\0\0\0', jpeg.subarray(frame));
save('jpeg-trailing-zeros.jpg', jpeg, '\0'.repeat(5000));
save(
  'jpeg-samsung-trailer.jpg',
  sample('jpeg-phone.jpg'),
  '\0\0\x01\x0aImage_UTC_Data1700000000000SEFH\x6b\0\0\0\x01\0\0\0',
  'SEFT',
);
save(
  'jpeg-multi-picture.jpg',
  afterStart(jpeg, segment('\xe2', 'MPF\0MM\0*\0\0\0\x08\0\0')),
  part('thumbnail.jpg'),
);
save(
  'jpeg-motion-photo.jpg',
  afterStart(
    jpeg,
    segment(
      '\xe1',
      'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><GCamera:MotionPhoto>1</GCamera:MotionPhoto></x:xmpmeta>',
    ),
  ),
  sample('mp4-main.mp4'),
);
save('jpeg-photoshop.jpg', afterStart(part('photoshop.jpg'), segment('\xee', 'Adobe\0\x64\0\0\0\0\x01')));
save(
  'jpeg-many-application-segments.jpg',
  afterStart(
    jpeg,
    ...Array.from({ length: 40 }, (_, index) =>
      segment(String.fromCharCode(0xe3 + (index % 10)), `part ${index}`),
    ),
  ),
);
save('jpeg-1001-segments.jpg', afterStart(jpeg, ...Array.from({ length: 1001 }, () => segment('\xfe', ''))));
save('jpeg-broken-exif.jpg', afterStart(jpeg, segment('\xe1', 'Exif\0\0II*\0\xff\xff\xff\x7f')));
save('jpeg-zero-tail.jpg', zeroTail(jpeg, jpeg.length >> 1));
save('jpeg-text-windows.jpg', asWindows(jpeg));
save('jpeg-text-windows-phone.jpg', asWindows(sample('jpeg-phone.jpg')));
save('sniff-text-utf8.jpg', asUtf8(jpeg));
save('sniff-text-latin1.jpg', asLatin1(jpeg));
save('jpeg-no-picture.jpg', '\xff\xd8', segment('\xfe', 'nothing here'), '\xff\xd9');
// --- MP4 ---
const mp4 = sample('mp4-main.mp4');
const box = (type: string, content: Buffer | string) => {
  const body = typeof content === 'string' ? bytes(content) : content;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};
const boxAt = (file: Buffer, type: string) => file.indexOf(bytes(type)) - 4;
const rebrand = (brand: string) => Buffer.concat([mp4.subarray(0, 8), bytes(brand), mp4.subarray(12)]);
save('mp4-cut.mp4', cut('mp4-main.mp4', 0.8));
save('mp4-cut-in-index.mp4', mp4.subarray(0, 400));
save('mp4-cut-before-index.mp4', cut('mp4-moov-last.mp4', 0.5));
save(
  'mp4-index-missing.mp4',
  sample('mp4-moov-last.mp4').subarray(0, boxAt(sample('mp4-moov-last.mp4'), 'moov')),
);
save('mp4-media-missing.mp4', mp4.subarray(0, boxAt(mp4, 'mdat')));
save('mp4-cut-fragmented.mp4', cut('mp4-fragmented.mp4', 0.9));
save(
  'mp4-cut-between-fragments.mp4',
  sample('mp4-fragmented.mp4').subarray(0, boxAt(sample('mp4-fragmented.mp4'), 'moof')),
);
save('mp4-cut-in-fragment-table.mp4', sample('mp4-fragmented.mp4').subarray(0, -20));
const media = boxAt(mp4, 'mdat');
// The long header takes the place of the empty box that ffmpeg leaves for it.
const long = Buffer.alloc(16);
long.writeUInt32BE(1, 0);
long.write('mdat', 4, 'latin1');
long.writeBigUInt64BE(BigInt(mp4.length - media + 8), 8);
save('mp4-long-media-box.mp4', mp4.subarray(0, media - 8), long, mp4.subarray(media + 8));
save('mp4-open-ended-media-box.mp4', mp4.subarray(0, media), '\0\0\0\0', mp4.subarray(media + 4));
save('mp4-trailing-bytes.mp4', mp4, '\xff\xfe\xfd\xfc appended by a camera', '\0'.repeat(100));
save('mp4-drone-appendix.mp4', mp4, box('uuid', 'x'.repeat(200)), box('free', '\0'.repeat(50)));
for (const brand of ['mp42', 'avc1', 'XAVC', 'abcd'])
  save(`mp4-brand-${brand.toLowerCase()}.mp4`, rebrand(brand));
save('mp4-protected.mp4', mp4.toString('latin1').replace('avc1\0\0\0\0', 'encv\0\0\0\0'));
save('mp4-h263.mp4', mp4.toString('latin1').replace('avc1\0\0\0\0', 's263\0\0\0\0'));
// Audio object type 34 is MP3 in a sample description that says MPEG-4 audio, as its first 5 + 6 bits after the escape.
const sound = mp4.indexOf(bytes('\x05\x80\x80\x80'));
save('mp4-audio-mp3-as-mpeg4.mp4', mp4.subarray(0, sound + 5), '\xf8\x40', mp4.subarray(sound + 7));
// A count that a trusting parser would believe: four thousand million samples of one byte.
const sizes = boxAt(mp4, 'stsz');
save(
  'mp4-absurd-sample-count.mp4',
  mp4.subarray(0, sizes + 12),
  '\0\0\0\x01\xff\xff\xff\xff',
  mp4.subarray(sizes + 20),
);
save(
  'mp4-10001-boxes.mp4',
  mp4.subarray(0, 32),
  box('free', '').toString('latin1').repeat(10_001),
  mp4.subarray(32),
);
const header = boxAt(mp4, 'tkhd');
save('mp4-damaged-track.mp4', mp4.subarray(0, header), '\x7f\xff\xff\xff', mp4.subarray(header + 4));
const entry = boxAt(mp4, 'stsd') + 16;
save('mp4-damaged-description.mp4', mp4.subarray(0, entry), '\x7f\xff\xff\xff', mp4.subarray(entry + 4));
/** The boxes at the top of an MP4. */
const listBoxes = (file: Buffer) => {
  const boxes: { type: string; bytes: Buffer }[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32BE(at)) {
    boxes.push({
      type: file.toString('latin1', at + 4, at + 8),
      bytes: file.subarray(at, at + file.readUInt32BE(at)),
    });
  }
  return boxes;
};
/** An MP4 with its boxes in this order, which its index does not know of. */
const reorder = (file: Buffer, ...types: string[]) => {
  const boxes = listBoxes(file);
  return types.flatMap((wanted) =>
    boxes.filter(({ type }) => type === wanted).map(({ bytes: whole }) => whole),
  );
};
const stateLength = (file: Buffer, length: number) => {
  const stated = Buffer.from(file);
  stated.writeUInt32BE(length, boxAt(file, 'mdat'));
  return stated;
};
save('mp4-index-moved-back.mp4', ...reorder(mp4, 'ftyp', 'free', 'mdat', 'moov'));
save('mp4-index-moved-front.mp4', ...reorder(sample('mp4-moov-last.mp4'), 'ftyp', 'moov', 'free', 'mdat'));
save('mp4-media-box-empty.mp4', mp4.subarray(0, media), box('mdat', ''));
save('mp4-media-box-of-8-bytes.mp4', stateLength(mp4, 8));
save('mp4-media-box-100-too-long.mp4', stateLength(mp4, mp4.readUInt32BE(media) + 100));
save('mp4-open-ended-media-cut.mp4', stateLength(mp4, 0).subarray(0, -500));
save('mp4-zero-tail.mp4', zeroTail(mp4, 900));
save('mp4-fragmented-zero-tail.mp4', zeroTail(sample('mp4-fragmented.mp4'), 5_000));
save('mp4-zero-sound.mp4', zeroTail(mp4, 200));
const sums = boxAt(mp4, 'stco') + 12;
save('mp4-too-many-chunks.mp4', patch(mp4, sums, 0, 0, 255, 255));
save('mp4-text-utf8.mp4', asUtf8(mp4));
save('mp4-text-latin1.mp4', asLatin1(mp4));
save('mp4-text-windows.mp4', asWindows(mp4));

// --- PDF ---
const pdf = sample('pdf-plain.pdf');
const startOf = (file: Buffer) => Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1'))?.[1]);
save('pdf-leading-bytes.pdf', 'HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n', pdf);
save('pdf-trailing-bytes.pdf', pdf, '\r\n<!-- generated in 0.03 s -->\r\n', '\0'.repeat(2000));
save('pdf-cut.pdf', cut('pdf-plain.pdf', 0.6));
save('pdf-cut-in-table.pdf', pdf.subarray(0, startOf(pdf) + 40));
save('pdf-cut-linearized.pdf', cut('pdf-linearized.pdf', 0.6));
save('pdf-cut-linearized-object-streams.pdf', cut('pdf-linearized-object-streams.pdf', 0.9));
save('pdf-cut-revision.pdf', sample('pdf-revised.pdf').subarray(0, pdf.length + 120));
save('pdf-header-only.pdf', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
save('pdf-cut-in-end-mark.pdf', pdf.subarray(0, pdf.lastIndexOf('%%EOF') + 4));
save('pdf-cut-behind-start.pdf', pdf.subarray(0, pdf.lastIndexOf('\n%%EOF')));
save('pdf-without-end-mark.pdf', pdf.toString('latin1').replace(/%%EOF\s*$/, ''));
save('pdf-wrong-start.pdf', pdf.toString('latin1').replace(/startxref\s+\d+/, 'startxref\n12'));
save(
  'pdf-wrong-start-encrypted.pdf',
  sample('pdf-encrypted-permissions.pdf')
    .toString('latin1')
    .replace(/startxref\s+\d+/, 'startxref\n12'),
);
save(
  'pdf-wrong-start-object-streams.pdf',
  sample('pdf-object-streams.pdf')
    .toString('latin1')
    .replace(/startxref\s+\d+/, 'startxref\n12'),
);
save('pdf-encrypt-null.pdf', pdf.toString('latin1').replace('trailer <<', 'trailer << /Encrypt null'));
save(
  'pdf-encrypt-in-text.pdf',
  pdf
    .toString('latin1')
    .replace('trailer <<', 'trailer << /Note (see /Encrypt 9 0 R \\) and more) /Deep << /Encrypt 9 0 R >>'),
);
/** A further revision that changes nothing; `previous` is what it says it is based on. */
const revise = (file: Buffer, previous: number, entries = '') => {
  const at = file.length;
  const root = /\/Root (\d+) 0 R/.exec(file.toString('latin1'))?.[1];
  return Buffer.concat([
    file,
    bytes(
      `xref\n0 0\ntrailer << /Root ${root} 0 R /Size 8 /Prev ${previous} ${entries}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  ]);
};
save('pdf-revision-loop.pdf', revise(pdf, pdf.length));
save('pdf-prev-zero.pdf', revise(pdf, 0));
save('pdf-cut-empty-revision.pdf', revise(pdf, 0).subarray(0, pdf.length + 30));
save(
  'pdf-encrypted-in-old-revision.pdf',
  revise(sample('pdf-encrypted-permissions.pdf'), startOf(sample('pdf-encrypted-permissions.pdf'))),
);
let many = pdf;
for (let revision = 0; revision < 80; revision++) many = revise(many, startOf(many));
save('pdf-80-revisions.pdf', many);
const streams = sample('pdf-object-streams.pdf');
save('pdf-hybrid.pdf', revise(streams, 0, `/XRefStm ${startOf(streams)} `));
save('pdf-text-utf8.pdf', asUtf8(pdf));
save('pdf-text-latin1.pdf', asLatin1(pdf));
save('pdf-text-ascii.pdf', asAscii(pdf));
save('pdf-text-windows.pdf', asWindows(pdf));
save('pdf-text-windows-linearized.pdf', asWindows(sample('pdf-linearized.pdf')));
save('pdf-start-nowhere.pdf', pdf.toString('latin1').replace(/^startxref$/m, 'startxref\n1'));
save('pdf-entries-of-19-bytes.pdf', pdf.toString('latin1').replace(/(?<= [nf]) $/gm, ''));
save(
  'pdf-entries-of-19-bytes-encrypted.pdf',
  sample('pdf-encrypted-permissions.pdf')
    .toString('latin1')
    .replace(/(?<= [nf]) $/gm, ''),
);
save('pdf-wrong-entries.pdf', pdf.toString('latin1').replace(/\d{9}(?=\d 00000 n)/g, '000000000'));
save('pdf-wrong-previous.pdf', revise(pdf, 12));
save('pdf-linearized-without-line-end.pdf', sample('pdf-linearized.pdf').subarray(0, -1));

// --- other things ---
save('sniff-empty.png', '');
save('sniff-heic.jpg', box('ftyp', 'heic\0\0\0\0mif1heic'), box('meta', '\0\0\0\0'));
save('sniff-avif-mif1.jpg', box('ftyp', 'mif1\0\0\0\0mif1avifmiaf'), box('meta', '\0\0\0\0'));
save('sniff-old-quicktime.mp4', box('wide', ''), box('mdat', 'x'.repeat(50)));
save('sniff-segment.mp4', box('styp', 'msdh\0\0\0\0msdhmsix'), box('moof', ''));
save(
  'sniff-word.pdf',
  'PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml',
  '\0'.repeat(40),
  'word/document.xml',
);
save('sniff-zip.pdf', 'PK\x03\x04\x14\0\0\0\0\0holiday.txt');
save('sniff-old-word.pdf', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '\0'.repeat(100));
save(
  'sniff-svg.png',
  Buffer.from(
    '\ufeff<?xml version="1.0"?>\n<!-- Generator: a drawing program -->\n<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  ),
);
save('sniff-html.pdf', '<!DOCTYPE html>\n<html><title>404 Not Found</title></html>\n');
save('sniff-text.jpg', Buffer.from('To do: put the real picture here — thanks\n'));
save('sniff-lfs.mp4', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n');
save('sniff-postscript.pdf', '%!PS-Adobe-3.0\n%%Pages: 1\n');
save('sniff-noise.png', Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 73 + 5) % 256)));
