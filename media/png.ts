// Reads what a PNG's chunks say of it (https://www.w3.org/TR/png-3/).
import type { Colour, FactPart } from './facts.ts';
import { type ByteSource, FaultError, isZeros, readExactly } from './source.ts';

const SIGNATURE_LENGTH = 8;
/** Length and type before a chunk's data. */
const CHUNK_HEADER = 8;
/** Header and checksum around a chunk's data. */
const CHUNK_FRAME = 12;
/** Chunks whose checksums are compared; all others are metadata. */
const VITAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
/** Bytes of them that are read. What is longer is only looked at where it ends. */
const MAX_SUMMED = 1_048_576;
const WINDOW = 65_536;
const TAIL = 64;

const COLOURS: Readonly<Record<number, { colour: Colour; depths: readonly number[] }>> = {
  0: { colour: 'greyscale', depths: [1, 2, 4, 8, 16] },
  2: { colour: 'RGB', depths: [8, 16] },
  3: { colour: 'palette', depths: [1, 2, 4, 8] },
  4: { colour: 'greyscale with alpha', depths: [8, 16] },
  6: { colour: 'RGBA', depths: [8, 16] },
};

/** Yields what a PNG says of itself; throws a `FaultError` at the first thing that it cannot pass over. */
export function* readPng(source: ByteSource): Iterable<FactPart> {
  let position = SIGNATURE_LENGTH;
  let damage: string | undefined;
  let hasPicture = false;
  let unsummed = MAX_SUMMED;
  for (;;) {
    const header = readExactly(source, position, CHUNK_HEADER, 'the picture data');
    const length = header.readUInt32BE(0);
    const type = header.toString('latin1', 4, 8);
    if (position === SIGNATURE_LENGTH) {
      const facts = readHeader(source, type);
      damage = facts.damage;
      yield facts;
    }
    if (!/^[A-Za-z]{4}$/.test(type))
      throw new FaultError('damage', damage ?? 'its chunks are not where they should be');
    const end = position + CHUNK_FRAME + length;
    if (end > source.size) throw new FaultError('cutOff', 'the picture data is incomplete');
    if (VITAL.has(type)) {
      if (isDamaged(source, position + 4, end - 4, unsummed))
        damage ??= `the checksum of its ${type} data is wrong`;
      yield { damage };
      unsummed -= length;
    }
    position = end;
    if (type === 'IDAT') hasPicture = true;
    // Whatever follows the end chunk is ignored by every viewer.
    if (type === 'IEND') {
      if (!hasPicture) throw new FaultError('cutOff', 'the picture data is missing');
      return;
    }
  }
}

/** Whether the checksum at `end` is not that of the chunk's type and data; a long chunk ends in zeros when it is damaged. */
function isDamaged(source: ByteSource, start: number, end: number, limit: number): boolean {
  if (end - start > limit) return isZeros(source.read(end - TAIL, TAIL + 4));
  // Loaded by need: a run without a picture starts the sooner.
  const zlib = process.getBuiltinModule('node:zlib');
  let sum = 0;
  for (let position = start; position < end; position += WINDOW) {
    sum = zlib.crc32(source.read(position, Math.min(WINDOW, end - position)), sum);
  }
  return sum !== source.read(end, 4).readUInt32BE(0);
}

/** What the first chunk says; damaged is a header that says what cannot be. */
function readHeader(source: ByteSource, type: string): FactPart {
  if (type === 'CgBI') throw new FaultError('unchecked', 'it is a PNG rewritten by Xcode for iPhone apps');
  if (type !== 'IHDR') throw new FaultError('unchecked', 'it does not begin with a PNG header');
  const header = readExactly(source, SIGNATURE_LENGTH + CHUNK_HEADER, 13, 'the header');
  const [depth, code] = [header.readUInt8(8), header.readUInt8(9)];
  const { colour, depths } = COLOURS[code] ?? {};
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  if (depths?.includes(depth) === true) return { ...size, bitsPerChannel: depth, colour };
  return {
    ...size,
    damage: `its header states ${depth} bits in colour type ${code}, which PNG does not have`,
  };
}
