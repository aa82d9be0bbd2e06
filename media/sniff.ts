// Tells from its first bytes what a file really is, whatever its name says.
import { MEDIA_TYPES, type MediaType } from './facts.ts';
import type { ByteSource } from './source.ts';

/** One of the types that have media rules, or a name for what the content is instead. */
export type Sniffed = { type: MediaType } | { other: string };

/** Bytes looked at; the media rules leave room for them in the 2 MB that may be read of one file. */
const SNIFFED = 4_096;

/** What the first bytes, as Latin-1 characters, tell: a type or a name. First match wins. */
const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\x89PNG/, 'PNG image damaged by a conversion of line endings'],
  [/^(\xef\xbf\xbd|\xc2\x89|\xe2\x80\xb0)PNG/, 'PNG image damaged by a conversion of text'],
  [/^((\xef\xbf\xbd){3}|\xc3\xbf\xc3\x98\xc3\xbf)/, 'JPEG image damaged by a conversion of text'],
  [/^GIF8/, 'GIF image'],
  [/^RIFF.{4}WEBP/s, 'WebP image'],
  [/^RIFF.{4}AVI /s, 'AVI video'],
  [/^RIFF.{4}WAVE/s, 'WAV sound'],
  [/^(II\*\0|MM\0\*)/, 'TIFF or camera raw image'],
  [/^8BPS/, 'Photoshop document'],
  [/^(\0\0\0\x0cJXL |\xff\x0a)/, 'JPEG XL image'],
  [/^\0\0\0\x0cjP {2}/, 'JPEG 2000 image'],
  [/^\0\0\x01\0/, 'Windows icon'],
  [/^BM.{4}\0{4}/s, 'BMP image'],
  [/^.{4}(moov|mdat|wide|ftypqt {2})/s, 'QuickTime movie'],
  [/^.{4}(styp|moof)/s, 'segment of a video stream'],
  [/^.{4}ftyp3g[2c]/s, '3GPP2 video'],
  [/^.{4}ftyp3g/s, '3GPP video'],
  [/^.{4}ftypM4[AB]/s, 'M4A sound'],
  [/^(FLV\x01|.{4}ftypF4[VP] )/s, 'Flash video'],
  [/^.{4}ftypF4[AB] /s, 'Flash sound'],
  // Of all still pictures' common brand, the compatible ones tell which it is.
  [/^.{4}ftyp(avi[fs]|mif1.{4,64}avif)/s, 'AVIF image'],
  [/^.{4}ftyp(he(ic|ix|vc|vx|im|is|vm|vs)|mif[12]|msf1)/s, 'HEIC image'],
  [/^.{4}ftypcrx /s, 'Canon raw image'],
  [/^.{4}ftypj(p2|px|pm) /s, 'JPEG 2000 image'],
  [/^.{4}ftypaax/s, 'Audible audio book'],
  [/^.{4}ftyp/s, 'video/mp4'],
  [/^0&\xb2u\x8ef\xcf\x11/, 'Windows Media file'],
  [/^\0\0\x01[\xba\xb3]/, 'MPEG video'],
  [/^\x1aE\xdf\xa3.*webm/s, 'WebM video'],
  [/^\x1aE\xdf\xa3/, 'Matroska video'],
  [/^G.{187}G.{187}G/s, 'MPEG transport stream'],
  [/^OggS/, 'Ogg file'],
  [/^(ID3|\xff\xfb)/, 'MP3 sound'],
  [/^fLaC/, 'FLAC sound'],
  [/^#!AMR/, 'AMR sound'],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, 'Microsoft Office document (before 2007)'],
  [/^PK\x03\x04.*word\//s, 'Word document'],
  [/^PK\x03\x04.*ppt\//s, 'PowerPoint presentation'],
  [/^PK\x03\x04.*xl\//s, 'Excel workbook'],
  [/^PK\x03\x04.*mimetypeapplication\/vnd\.oasis/s, 'OpenDocument file'],
  [/^PK\x03\x04.*\[Content_Types\]\.xml/s, 'Microsoft Office document'],
  [/^PK\x03\x04/, 'ZIP archive'],
  [/^\x1f\x8b/, 'gzip archive'],
  [/^7z\xbc\xaf\x27\x1c/, '7-Zip archive'],
  [/^Rar!/, 'RAR archive'],
  [/^\{\\rtf/, 'RTF document'],
  [/^%!PS/, 'PostScript file'],
  [/^\xc5\xd0\xd3\xc6/, 'EPS image'],
  [/^version https:\/\/git-lfs/, 'Git LFS pointer'],
  // A PDF header counts up to here, as in Acrobat.
  [/^.{0,1023}%PDF-/s, 'application/pdf'],
];

/** What markup begins with, after white space, a byte order mark and comments. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^(<\?xml[^>]*>\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i, 'SVG image'],
  [/^<(!doctype html|html|head|body)\b/i, 'web page (HTML)'],
  [/^<\?xml/i, 'XML file'],
];

/** Says what the content is by its magic bytes; an empty file is `{ other: 'empty file' }`. */
export function sniffMedia(source: ByteSource): Sniffed {
  if (source.size === 0) return { other: 'empty file' };
  const bytes = source.read(0, SNIFFED);
  const name = findName(SIGNATURES, bytes.toString('latin1')) ?? nameText(bytes);
  const type = MEDIA_TYPES.find((known) => known === name);
  return type === undefined ? { other: name } : { type };
}

function findName(table: readonly (readonly [RegExp, string])[], content: string): string | undefined {
  return table.find(([pattern]) => pattern.test(content))?.[1];
}

function nameText(bytes: Buffer): string {
  const decoded = bytes.toString('utf8');
  // A character may be cut at the end of what was read; it decodes to at most three replacement characters.
  const text = bytes.length < SNIFFED ? decoded : decoded.replace(/\ufffd{1,3}$/, '');
  const markup = text
    .replace(/^\ufeff/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .trimStart();
  const isBinary = /[\p{Cc}\ufffd]/u.test(text.replace(/\s/g, ''));
  return findName(TEXTS, markup) ?? (isBinary ? 'file of an unknown kind' : 'text file');
}
