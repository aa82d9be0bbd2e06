// The gallery's own style sheets and scripts, which lie in a folder beside the sources as beside the bundle.
import { readFileSync } from 'node:fs';

/** What the page has inside besides its content. */
export interface GalleryPage {
  readonly style: string;
  readonly script: string;
}

/** In this order; a later one may overrule an earlier one, and use what it defines. */
const STYLES = ['page.css', 'cards.css', 'preview.css', 'fix.css', 'list.css', 'narrow.css', 'print.css'];
const SCRIPTS = ['page.js', 'fix.js'];

/** Reads them as they are: files that people can read. */
export function readPage(): GalleryPage {
  const join = (names: readonly string[]): string =>
    names.map((name) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8')).join('\n');
  return { style: join(STYLES), script: join(SCRIPTS) };
}
