// Which names make assets, which are other media, which are neither.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASSET_TYPES, extensionOf, classifyName } from '../../src/assets/asset-type.ts';

const TYPES = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
} as const;
/** Other media, by what to do with them. */
const OTHER_MEDIA = {
  'convert it to .jpg or .png': 'gif webp avif heic heif bmp tif tiff svg ico',
  'convert it to .mp4 (H.264 and AAC)': 'mov m4v 3gp avi mkv webm mpg mpeg',
  'template headers take no audio; use a video (.mp4)': 'mp3 m4a ogg wav',
  'convert it to .pdf': 'doc docx ppt pptx xls xlsx',
};

describe('classifyName', () => {
  for (const [extension, type] of Object.entries(TYPES)) {
    for (const name of [extension, extension.toUpperCase(), extension.replace(/^./, (c) => c.toUpperCase())])
      it(`a.${name}`, () => assert.deepEqual(classifyName(`x.y/a.${name}`), { type }));
  }
  for (const [advice, extensions] of Object.entries(OTHER_MEDIA))
    for (const extension of extensions.split(' '))
      it(`a.${extension}`, () => {
        const reason = `.${extension} files are not accepted in template headers: ${advice}`;
        assert.deepEqual(classifyName(`a.${extension.toUpperCase()}`), { reason });
      });
  const skipped = [
    'README.md',
    'template.json',
    'png',
    'a',
    'a.',
    'a.png/b',
    'a.png.txt',
    'a.jpg ',
    '.',
    'a.constructor',
    'a.__proto__',
    'a.toString',
    'a.jpe',
    '',
  ];
  for (const name of skipped) it(`"${name}"`, () => assert.equal(classifyName(name), undefined));
  it('.png alone is a name with an extension', () =>
    assert.deepEqual(classifyName('.png'), { type: 'image/png' }));
});

describe('asset types', () => {
  it('have one extension each to be sent with', () => {
    assert.deepEqual(ASSET_TYPES.map(extensionOf), ['jpg', 'png', 'mp4', 'pdf']);
  });
});
