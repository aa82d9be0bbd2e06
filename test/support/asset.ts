// Judged assets for tests.
import { createHash } from 'node:crypto';
import type { Asset } from '../../src/assets/judge.ts';

/** A picture with a content of its own for each `content`; overrides come on top. */
export function makeAsset(path: string, content = path, overrides: Partial<Asset> = {}): Asset {
  return {
    path,
    type: 'image/jpeg',
    file: `/repository/${path}`,
    isLink: false,
    sha256: createHash('sha256').update(content).digest('hex'),
    size: 48_213,
    isLfsPointer: false,
    findings: [],
    ...overrides,
  };
}
