// Which files are assets: the one table of extensions and types.
import { MEDIA_TYPES, type MediaType } from '../../media/facts.ts';

/** The media types NXCloud takes for template headers. `image/jpg` exists too; `image/jpeg` is sent instead. */
export type AssetType = MediaType;

/** All asset types, in the order in which messages name them. */
export const ASSET_TYPES = MEDIA_TYPES;

/** The name of each type, for people. */
export const TYPE_TITLES: Readonly<Record<AssetType, string>> = {
  'image/jpeg': 'JPEG picture',
  'image/png': 'PNG picture',
  'video/mp4': 'MP4 video',
  'application/pdf': 'PDF document',
};

/** The extensions of each type; with the first it is sent. */
const EXTENSIONS: Readonly<Record<AssetType, readonly [string, ...string[]]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'video/mp4': ['mp4'],
  'application/pdf': ['pdf'],
};

/** Extensions of media that WhatsApp never accepts, by what to do instead. */
const OTHER_MEDIA = Object.entries({
  'convert it to .jpg or .png': 'gif webp avif heic heif bmp tif tiff svg ico',
  'convert it to .mp4 (H.264 and AAC)': 'mov m4v 3gp avi mkv webm mpg mpeg',
  'template headers take no audio; use a video (.mp4)': 'mp3 m4a ogg wav',
  'convert it to .pdf': 'doc docx ppt pptx xls xlsx',
}).map(([advice, extensions]) => ({ advice, extensions: extensions.split(' ') }));

/** The type of an asset, or why the file can never be one, by the extension of its name in any case; undefined for other files. */
export function classifyName(
  path: string,
): { readonly type: AssetType } | { readonly reason: string } | undefined {
  const extension = /\.([^./]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const type = ASSET_TYPES.find((each) => EXTENSIONS[each].includes(extension));
  if (type !== undefined) return { type };
  const other = OTHER_MEDIA.find(({ extensions }) => extensions.includes(extension));
  return other && { reason: `.${extension} files are not accepted in template headers: ${other.advice}` };
}

/** The extension a type is sent with, without the dot. */
export function extensionOf(type: AssetType): string {
  return EXTENSIONS[type][0];
}
