// Which files are assets: the one table of extensions and types.

/** The media types NXCloud takes for template headers. `image/jpg` exists too; `image/jpeg` is sent instead. */
export type AssetType = 'image/jpeg' | 'image/png' | 'video/mp4' | 'application/pdf';

const TYPE_BY_EXTENSION: Readonly<Record<string, AssetType>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
};

const OTHER_MEDIA = new Set(
  (
    'gif webp avif heic heif bmp tif tiff svg ico mov m4v 3gp avi mkv webm mpg mpeg mp3 m4a ogg wav ' +
    'doc docx ppt pptx xls xlsx'
  ).split(' '),
);

const FILE_EXTENSION: Readonly<Record<AssetType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'video/mp4': 'mp4',
  'application/pdf': 'pdf',
};

/** The name of each type, for people. */
export const TYPE_TITLES: Readonly<Record<AssetType, string>> = {
  'image/jpeg': 'JPEG picture',
  'image/png': 'PNG picture',
  'video/mp4': 'MP4 video',
  'application/pdf': 'PDF document',
};

/** All asset types, in the order in which messages name them. */
export const ASSET_TYPES = Object.keys(FILE_EXTENSION) as readonly AssetType[];

/** What a file is by its name: a supported type, other media (never accepted by WhatsApp), or something else. */
export type NameClass =
  | { readonly kind: 'asset'; readonly type: AssetType }
  | { readonly kind: 'other-media'; readonly extension: string }
  | { readonly kind: 'skip' };

/** What a file is by the extension of its name, in any case. */
export function classifyName(path: string): NameClass {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
  const type = Object.hasOwn(TYPE_BY_EXTENSION, extension) ? TYPE_BY_EXTENSION[extension] : undefined;
  if (type !== undefined) return { kind: 'asset', type };
  return OTHER_MEDIA.has(extension) ? { kind: 'other-media', extension } : { kind: 'skip' };
}

/** The extension a type is sent with, without the dot. */
export function extensionOf(type: AssetType): string {
  return FILE_EXTENSION[type];
}

/** Narrows an unknown value to an asset type. */
export function isAssetType(value: unknown): value is AssetType {
  return typeof value === 'string' && Object.hasOwn(FILE_EXTENSION, value);
}
