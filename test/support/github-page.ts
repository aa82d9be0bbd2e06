// Markdown on a page like GitHub's, as wide as its comments and summaries are, in a browser.
import type { Browser } from 'playwright-core';
import { renderToHtml } from './rendered-markdown.ts';

/** What of GitHub's style sheet decides how tables, code and pictures are laid out. */
const STYLE = `
  * { box-sizing: border-box; }
  body { margin: 0; background: #fff; color: #1f2328; }
  .markdown-body { box-sizing: border-box; padding: 16px; overflow-wrap: break-word;
    font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
  .markdown-body table { display: block; width: max-content; max-width: 100%; overflow: auto;
    border-spacing: 0; border-collapse: collapse; margin: 0 0 16px; }
  .markdown-body th, .markdown-body td { padding: 6px 13px; border: 1px solid #d1d9e0; }
  .markdown-body th { font-weight: 600; }
  .markdown-body tr:nth-child(2n) { background: #f6f8fa; }
  .markdown-body code { padding: .2em .4em; font: 85% ui-monospace, "Liberation Mono", monospace;
    white-space: break-spaces; background: #818b981f; border-radius: 6px; }
  .markdown-body img { box-sizing: content-box; }
  .markdown-body p, .markdown-body details { margin: 0 0 16px; }
  .markdown-body sub { font-size: 75%; line-height: 0; position: relative; bottom: -.25em; vertical-align: baseline; }
`;

/** A page laid out at a width, in CSS pixels. */
export interface Layout {
  /** Widths of all pictures. */
  readonly pictures: readonly number[];
  /** Widths of the cells beside pictures. */
  readonly words: readonly number[];
  /** By how much something reaches beyond its box, at most. */
  readonly overflow: number;
}

/** GitHub's inline style on pictures, which is not everywhere. */
const BOUNDED = ' style="max-width: 100%;"';

/** How to lay out. */
interface LayoutOptions {
  readonly width: number;
  readonly isBounded: boolean;
  /** What every picture shows, whatever its address. */
  readonly picture: Buffer;
  /** Where to put a picture of the page, for people to look at. */
  readonly screenshot: string | undefined;
}

/** Lays Markdown out, with everything unfolded. */
export async function layOut(
  browser: Browser,
  markdown: string,
  { width, isBounded, picture, screenshot }: LayoutOptions,
): Promise<Layout> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const source = `data:image/png;base64,${picture.toString('base64')}`;
  const html = renderToHtml(markdown).replaceAll(
    /<img src="[^"]*"/g,
    `<img src="${source}"${isBounded ? BOUNDED : ''}`,
  );
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div class="markdown-body">${html}</div>`,
  );
  const measured = await page.evaluate<Layout>(`(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const widthsOf = (selector) =>
      [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect().width);
    const boxes = [document.documentElement, ...document.querySelectorAll('table')];
    return {
      pictures: widthsOf('img'),
      words: widthsOf('td:nth-child(2)'),
      overflow: Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth)),
    };
  })()`);
  if (screenshot !== undefined) await page.screenshot({ fullPage: true, path: screenshot });
  await page.close();
  return measured;
}
