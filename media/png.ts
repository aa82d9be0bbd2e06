// Reads what a PNG's chunks say of it (https://www.w3.org/TR/png-3/).
import type { Colour, MediaFacts } from './facts.ts';
import { type ByteSource, CutOffError, readExactly, UnreadableError } from './source.ts';

const SIGNATURE_LENGTH = 8;
/** Length and type before a chunk's data. */
const CHUNK_HEADER = 8;
/** Header and checksum around a chunk's data. */
const CHUNK_FRAME = 12;
/** Encoders write image data in pieces of 8 KB or more, so this is far beyond what WhatsApp takes. */
const MAX_CHUNKS = 10_000;

const COLOURS: Readonly<Record<number, Colour>> = {
  0: 'greyscale',
  2: 'RGB',
  3: 'palette',
  4: 'greyscale with alpha',
  6: 'RGBA',
};

/** Fills `facts` from a PNG; throws `CutOffError` or `UnreadableError` at the first thing that does not fit. */
export function readPng(source: ByteSource, facts: MediaFacts): void {
  let position = SIGNATURE_LENGTH;
  let hasPicture = false;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const header = readExactly(source, position, CHUNK_HEADER, 'the picture data');
    const length = header.readUInt32BE(0);
    const type = header.toString('latin1', 4, 8);
    if (chunk === 0) readHeader(source, position, type, facts);
    if (!/^[A-Za-z]{4}$/.test(type)) throw new UnreadableError('its chunks are damaged');
    position += CHUNK_FRAME + length;
    if (position > source.size) throw new CutOffError('the picture data is incomplete');
    if (type === 'IDAT') hasPicture = true;
    // Whatever follows the end chunk is ignored by every viewer.
    if (type === 'IEND') {
      if (!hasPicture) throw new CutOffError('the picture data is missing');
      return;
    }
  }
  throw new UnreadableError(`it has more than ${MAX_CHUNKS} chunks`);
}

function readHeader(source: ByteSource, position: number, type: string, facts: MediaFacts): void {
  if (type === 'CgBI') throw new UnreadableError('it is a PNG rewritten by Xcode for iPhone apps');
  if (type !== 'IHDR') throw new UnreadableError('it does not begin with a PNG header');
  const header = readExactly(source, position + CHUNK_HEADER, 13, 'the header');
  const colour = COLOURS[header.readUInt8(9)];
  if (colour === undefined) throw new UnreadableError('its colour type is unknown');
  facts.width = header.readUInt32BE(0);
  facts.height = header.readUInt32BE(4);
  facts.bitsPerChannel = header.readUInt8(8);
  facts.colour = colour;
}
