// The gallery's own style sheets and scripts, which lie in a folder beside the sources as beside the bundle.
import { readFileSync } from 'node:fs';

/** In this order; a later one may overrule an earlier one, and use what it defines. */
const STYLES = ['page.css', 'cards.css', 'preview.css', 'fix.css', 'list.css', 'narrow.css', 'print.css'];
const SCRIPTS = ['page.js', 'fix.js'];

const join = (names: readonly string[]): string =>
  names.map((name) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8')).join('\n');

/** What the page has inside besides its content. */
export const STYLE = join(STYLES);
export const SCRIPT = join(SCRIPTS);
