// MP4s made of boxes by hand, whole ones and such that lie about what they hold.

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
  const size = Buffer.from('0140000000a80000', 'hex');
  return box(
    'trak',
    box('tkhd', u32(1), Buffer.alloc(72), size),
    box(
      'mdia',
      box('hdlr', Buffer.alloc(8), handler, Buffer.alloc(13)),
      box('minf', box('stbl', box('stsd', u32(0), u32(1), entry), ...tables)),
    ),
  );
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
