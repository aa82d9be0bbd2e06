// Asset libraries to measure with: a folder of valid assets and, for a run without changes, their manifest.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFileId } from '../simulator/file-ids.ts';
import { demoAccount } from '../simulator/server.ts';
import type { AssetType } from '../src/assets/asset-type.ts';
import { type ManifestEntry, serializeManifest } from '../src/manifest/manifest.ts';
import { buildFileName } from '../src/nxcloud/file-id.ts';
import { computeTarget } from '../src/nxcloud/call.ts';
import { makePdf, makePng } from '../test/support/sample-media.ts';

/** Where nothing listens: a run that sends something fails. */
export const NOWHERE = 'http://127.0.0.1:9';

/** What to fill a library with. */
export interface LibraryPlan {
  readonly count: number;
  /** Bytes of each file, about. */
  readonly size: number;
  readonly type: 'image/png' | 'application/pdf';
  /** Whether all of them have a current ID. */
  readonly isRecorded: boolean;
  /** The API the IDs are of; `NOWHERE` unless it is told. */
  readonly apiUrl?: string;
}

export interface LibraryFile {
  /** Relative to the root. */
  readonly path: string;
  readonly type: AssetType;
  /** The name it is uploaded with. */
  readonly sentName: string;
}

/** A checkout of assets. */
export interface Library {
  readonly root: string;
  readonly files: readonly LibraryFile[];
  remove(): void;
}

const PER_FOLDER = 200;
const FOUR_DAYS_S = 4 * 24 * 60 * 60;

/** Writes a library; every file differs in its last bytes. */
export function makeLibrary({ count, size, type, isRecorded, apiUrl = NOWHERE }: LibraryPlan): Library {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'bench-')));
  const extension = type === 'image/png' ? 'png' : 'pdf';
  const make = type === 'image/png' ? makePng : makePdf;
  const sample = make('bench', Math.max(0, size - make('bench').length));
  const files: LibraryFile[] = [];
  const manifest = new Map<string, ManifestEntry>();
  for (let index = 0; index < count; index += 1) {
    const path = `whatsapp/${Math.floor(index / PER_FOLDER)}/asset-${index}.${extension}`;
    // Viewers ignore what follows a picture's end, and a comment after a document's.
    const content = Buffer.concat([sample, Buffer.from(`%${index}\n`)]);
    if (index % PER_FOLDER === 0) mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const sentName = buildFileName(sha256, type);
    files.push({ path, type, sentName });
    if (isRecorded) manifest.set(path, makeEntry(sha256, content.length, { type, sentName, apiUrl }));
  }
  if (isRecorded) writeFileSync(join(root, 'nxcloud-assets.json'), serializeManifest(manifest));
  return { root, files, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function makeEntry(
  sha256: string,
  size: number,
  {
    type,
    sentName,
    apiUrl,
  }: { readonly type: AssetType; readonly sentName: string; readonly apiUrl: string },
): ManifestEntry {
  const now = Date.now();
  const expiresAt = Math.floor(now / 1000) + FOUR_DAYS_S;
  const facts = { fileName: sentName, contentType: type, size, unique: sha256 };
  return {
    id: createFileId(facts, { expiresAt, bytesPerLine: Number.POSITIVE_INFINITY }),
    sha256,
    size,
    type,
    target: computeTarget(demoAccount.accessKey, new URL(apiUrl), demoAccount.phones[0] ?? ''),
    uploadedAt: new Date(now).toISOString(),
    expiresAt: new Date(expiresAt * 1000).toISOString(),
  };
}
