// Git LFS pointers for tests.
import type { LfsPointer } from '../../src/assets/lfs-pointer.ts';

/** The text of the pointer to some content, as Git LFS writes it. */
export function formatLfsPointer({ sha256, size }: LfsPointer): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}
