// Tells from its first bytes what a file really is, whatever its name says.
import type { AssetType } from '../src/assets/asset-type.ts';
import { type ByteSource, readWindow } from './source.ts';

/** One of the types that can be uploaded, or a name for what the content is instead. */
export type Sniffed = { type: AssetType } | { other: string };

/** Bytes looked at; with `INSPECT_LIMIT` less than the 2 MB that may be read of one file. */
const SNIFFED = 4_096;
/** A PDF header counts up to here, as in Acrobat. */
const PDF_HEAD = 1_024;

interface Signature {
  /** Bytes as Latin-1 characters; a `?` stands for any byte. */
  bytes: string;
  offset?: number;
  is: Sniffed;
}

/** First match wins. */
const SIGNATURES: readonly Signature[] = [
  { bytes: '\xff\xd8\xff', is: { type: 'image/jpeg' } },
  { bytes: '\x89PNG\r\n\x1a\n', is: { type: 'image/png' } },
  { bytes: '\x89PNG', is: { other: 'PNG image damaged by a conversion of line endings' } },
  { bytes: 'GIF8', is: { other: 'GIF image' } },
  { bytes: 'RIFF????WEBP', is: { other: 'WebP image' } },
  { bytes: 'RIFF????AVI ', is: { other: 'AVI video' } },
  { bytes: 'RIFF????WAVE', is: { other: 'WAV sound' } },
  { bytes: 'II*\0', is: { other: 'TIFF or camera raw image' } },
  { bytes: 'MM\0*', is: { other: 'TIFF or camera raw image' } },
  { bytes: '8BPS', is: { other: 'Photoshop document' } },
  { bytes: '\0\0\0\x0cJXL ', is: { other: 'JPEG XL image' } },
  { bytes: '\xff\x0a', is: { other: 'JPEG XL image' } },
  { bytes: '\0\0\0\x0cjP  ', is: { other: 'JPEG 2000 image' } },
  { bytes: '\0\0\x01\0', is: { other: 'Windows icon' } },
  { bytes: 'BM????\0\0\0\0', is: { other: 'BMP image' } },
  { bytes: 'moov', offset: 4, is: { other: 'QuickTime movie' } },
  { bytes: 'mdat', offset: 4, is: { other: 'QuickTime movie' } },
  { bytes: 'wide', offset: 4, is: { other: 'QuickTime movie' } },
  { bytes: 'styp', offset: 4, is: { other: 'segment of a video stream' } },
  { bytes: 'moof', offset: 4, is: { other: 'segment of a video stream' } },
  { bytes: 'FLV\x01', is: { other: 'Flash video' } },
  { bytes: '0&\xb2u\x8ef\xcf\x11', is: { other: 'Windows Media file' } },
  { bytes: '\0\0\x01\xba', is: { other: 'MPEG video' } },
  { bytes: '\0\0\x01\xb3', is: { other: 'MPEG video' } },
  { bytes: 'OggS', is: { other: 'Ogg file' } },
  { bytes: 'ID3', is: { other: 'MP3 sound' } },
  { bytes: '\xff\xfb', is: { other: 'MP3 sound' } },
  { bytes: 'fLaC', is: { other: 'FLAC sound' } },
  { bytes: '#!AMR', is: { other: 'AMR sound' } },
  { bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', is: { other: 'Microsoft Office document (before 2007)' } },
  { bytes: '\x1f\x8b', is: { other: 'gzip archive' } },
  { bytes: '7z\xbc\xaf\x27\x1c', is: { other: '7-Zip archive' } },
  { bytes: 'Rar!', is: { other: 'RAR archive' } },
  { bytes: '{\\rtf', is: { other: 'RTF document' } },
  { bytes: '%!PS', is: { other: 'PostScript file' } },
  { bytes: '\xc5\xd0\xd3\xc6', is: { other: 'EPS image' } },
  { bytes: 'version https://git-lfs', is: { other: 'Git LFS pointer' } },
];

/** Major brands of `ftyp` that are something else than an MP4; all others are ISO media, which `inspectMedia` judges. */
const BRANDS: readonly [RegExp, string][] = [
  [/^qt {2}$/, 'QuickTime movie'],
  [/^3g[2c]/, '3GPP2 video'],
  [/^3g/, '3GPP video'],
  [/^M4[AB]P?/, 'M4A sound'],
  [/^F4[VP] $/, 'Flash video'],
  [/^F4[AB] $/, 'Flash sound'],
  [/^avi[fs]$/, 'AVIF image'],
  [/^(he(ic|ix|vc|vx|im|is|vm|vs)|mif[12]|msf1)$/, 'HEIC image'],
  [/^crx $/, 'Canon raw image'],
  [/^j(p2|px|pm) $/, 'JPEG 2000 image'],
  [/^(aax|aaxc)/, 'Audible audio book'],
];

/** What markup begins with, after white space, a byte order mark and comments. */
const TEXTS: readonly [RegExp, string][] = [
  [/^(<\?xml[^>]*>\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i, 'SVG image'],
  [/^<(!doctype html|html|head|body)\b/i, 'web page (HTML)'],
  [/^<\?xml/i, 'XML file'],
];

/** Says what the content is by its magic bytes; an empty file is `{ other: 'empty file' }`. */
export function sniffMedia(source: ByteSource): Sniffed {
  if (source.size === 0) return { other: 'empty file' };
  const bytes = readWindow(source, 0, SNIFFED);
  const head = bytes.toString('latin1');
  const signature = SIGNATURES.find((candidate) => matches(head, candidate));
  if (signature !== undefined) return signature.is;
  if (head.startsWith('ftyp', 4)) return sniffBrand(bytes);
  if (head.startsWith('PK\x03\x04')) return { other: nameArchive(head) };
  if (head.startsWith('\x1aE\xdf\xa3'))
    return { other: head.includes('webm') ? 'WebM video' : 'Matroska video' };
  if (head.startsWith('G') && head[188] === 'G' && head[376] === 'G')
    return { other: 'MPEG transport stream' };
  if (head.slice(0, PDF_HEAD + 4).includes('%PDF-')) return { type: 'application/pdf' };
  return { other: nameText(bytes) };
}

function matches(head: string, { bytes, offset = 0 }: Signature): boolean {
  return [...bytes].every((character, index) => character === '?' || character === head[offset + index]);
}

/** A file is what its major brand says; only the brand shared by all still pictures leaves it to the others. */
function sniffBrand(bytes: Buffer): Sniffed {
  const major = bytes.toString('latin1', 8, 12);
  const compatible = bytes.toString('latin1', 16, Math.min(bytes.readUInt32BE(0), bytes.length));
  if (major === 'mif1' && compatible.includes('avif')) return { other: 'AVIF image' };
  const brand = BRANDS.find(([pattern]) => pattern.test(major));
  return brand === undefined ? { type: 'video/mp4' } : { other: brand[1] };
}

function nameArchive(head: string): string {
  if (head.includes('word/')) return 'Word document';
  if (head.includes('ppt/')) return 'PowerPoint presentation';
  if (head.includes('xl/')) return 'Excel workbook';
  if (head.includes('mimetypeapplication/vnd.oasis')) return 'OpenDocument file';
  if (head.includes('[Content_Types].xml')) return 'Microsoft Office document';
  return 'ZIP archive';
}

function nameText(bytes: Buffer): string {
  const decoded = bytes.toString('utf8');
  // A character may be cut at the end of what was read; it decodes to at most three replacement characters.
  const text = bytes.length < SNIFFED ? decoded : decoded.replace(/\ufffd{1,3}$/, '');
  const markup = text
    .replace(/^\ufeff/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .trimStart();
  const known = TEXTS.find(([pattern]) => pattern.test(markup));
  if (known !== undefined) return known[1];
  return /[\p{Cc}\ufffd]/u.test(text.replace(/\s/g, '')) ? 'file of an unknown kind' : 'text file';
}
