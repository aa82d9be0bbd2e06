// The gallery's own style sheet and script, which lie beside the sources as beside the bundle.
import { readFileSync } from 'node:fs';

/** What the page has inside besides its content. */
export interface GalleryPage {
  readonly style: string;
  readonly script: string;
}

/** Reads both files. */
export function readPage(): GalleryPage {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  return { style: read('./page.css'), script: read('./page.js') };
}
