// Magic bytes that no sample file has; the others are judged in samples.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Sniffed, sniffMedia } from '../../media/sniff.ts';
import { sourceOf } from './byte-sources.ts';

const MP4: Sniffed = { type: 'video/mp4' };
const PDF: Sniffed = { type: 'application/pdf' };
const sniff = (content: string, encoding: 'latin1' | 'utf8' = 'latin1') =>
  sniffMedia(sourceOf(Buffer.from(content, encoding)));

describe('brands', () => {
  const brands: readonly (readonly [major: string, compatible: string, Sniffed])[] = [
    ['isom', 'isomiso2avc1mp41', MP4],
    ['iso6', 'iso6cmfcdash', MP4],
    ['mp42', 'isommp42', MP4],
    ['mp42', 'qt  mp42', MP4],
    ['mp41', '', MP4],
    ['M4V ', 'M4V M4A mp42isom', MP4],
    ['M4VH', 'M4V M4A mp42', MP4],
    ['MSNV', 'MSNVmp42isom', MP4],
    ['XAVC', 'XAVCmp42iso2', MP4],
    ['dash', 'iso6avc1mp41', MP4],
    ['mmp4', '3gp4', MP4],
    ['    ', '', MP4],
    ['qt  ', 'qt  ', { other: 'QuickTime movie' }],
    ['qt  ', 'mp42isom', { other: 'QuickTime movie' }],
    ['3gp4', 'isom3gp4', { other: '3GPP video' }],
    ['3gp5', 'isom3gp4', { other: '3GPP video' }],
    ['3gr6', '', { other: '3GPP video' }],
    ['3g2a', '', { other: '3GPP2 video' }],
    ['M4A ', 'M4A mp42isom', { other: 'M4A sound' }],
    ['M4B ', 'M4A mp42', { other: 'M4A sound' }],
    ['F4V ', '', { other: 'Flash video' }],
    ['heic', 'mif1heic', { other: 'HEIC image' }],
    ['heix', 'mif1heix', { other: 'HEIC image' }],
    ['mif1', 'mif1heic', { other: 'HEIC image' }],
    ['msf1', 'hevc', { other: 'HEIC image' }],
    ['mif1', 'mif1avif', { other: 'AVIF image' }],
    ['avis', 'avifmsf1', { other: 'AVIF image' }],
    ['crx ', 'crx isom', { other: 'Canon raw image' }],
    ['jp2 ', 'jp2 ', { other: 'JPEG 2000 image' }],
  ];
  for (const [major, compatible, expected] of brands) {
    it(`${major} (${compatible}): ${Object.values(expected)}`, () => {
      const length = String.fromCharCode(16 + compatible.length);
      assert.deepEqual(sniff(`\0\0\0${length}ftyp${major}\0\0\0\0${compatible}`), expected);
    });
  }

  it('takes a file cut off inside its brands for an MP4', () => {
    assert.deepEqual(sniff('\0\0\0\x20ftyp'), MP4);
  });
});

describe('other contents', () => {
  const contents: readonly (readonly [name: string, content: string, Sniffed])[] = [
    ['a PDF', '%PDF-1.7\n', PDF],
    ['a PDF header that ends at byte 1024', `${'\0'.repeat(1_019)}%PDF-1.7`, PDF],
    ['a PDF header after byte 1024', `${'\0'.repeat(1_024)}%PDF-1.7`, { other: 'file of an unknown kind' }],
    ['a PDF inside a mail', 'Content-Type: application/pdf\r\n\r\n%PDF-1.4\n', PDF],
    ['a web page after a comment', '<!-- hello --> <!DOCTYPE html><html>', { other: 'web page (HTML)' }],
    ['an SVG with a document type', '<!DOCTYPE svg PUBLIC "-//W3C">\n<svg>', { other: 'SVG image' }],
    ['other XML', '<?xml version="1.0"?><note/>', { other: 'XML file' }],
    ['a workbook', `PK\x03\x04${'\0'.repeat(30)}xl/workbook.xml`, { other: 'Excel workbook' }],
    [
      'a presentation',
      `PK\x03\x04${'\0'.repeat(30)}ppt/presentation.xml`,
      { other: 'PowerPoint presentation' },
    ],
    [
      'a document of another Office program',
      `PK\x03\x04${'\0'.repeat(30)}[Content_Types].xml`,
      { other: 'Microsoft Office document' },
    ],
    [
      'an OpenDocument text',
      `PK\x03\x04${'\0'.repeat(26)}mimetypeapplication/vnd.oasis`,
      { other: 'OpenDocument file' },
    ],
    [
      'a PNG rewritten by Windows',
      '\xe2\x80\xb0PNG\r\n',
      { other: 'PNG image damaged by a conversion of text' },
    ],
    ['a JPEG XL', '\xff\x0a\0\0', { other: 'JPEG XL image' }],
    ['a TIFF of a Macintosh', 'MM\0*\0\0\0\x08', { other: 'TIFF or camera raw image' }],
    ['an Ogg file', 'OggS\0\x02', { other: 'Ogg file' }],
    ['a text that begins like a bitmap', 'BMW is a company in Munich', { other: 'text file' }],
    ['one byte', '\x89', { other: 'file of an unknown kind' }],
    ['many unfinished comments', '<!--'.repeat(1_024), { other: 'text file' }],
  ];
  for (const [name, content, expected] of contents) {
    it(`${name}: ${Object.values(expected)}`, () => assert.deepEqual(sniff(content), expected));
  }

  it('takes text for text when a character is cut at the end of what is read', () => {
    for (let lead = 0; lead < 4; lead++) {
      assert.deepEqual(sniff('x'.repeat(lead) + '𝄞'.repeat(2_000), 'utf8'), { other: 'text file' });
    }
  });
});
