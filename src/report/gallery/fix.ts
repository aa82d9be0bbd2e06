// What a card offers to mend an asset at once: a picture in the browser, anything else by one command.
import { composeRemedy } from '../../../media/remedy.ts';
import { escapeExactly } from '../../text/text.ts';
import { buildCopyable } from './copyable.ts';
import type { GalleryItem } from './item.ts';

/** What a header in WhatsApp's shape, size, colour and depth heals; pictures that are damaged it does not. */
const HEALED_BY_EXPORT: ReadonlySet<string> = new Set([
  'image-size',
  'image-bits',
  'image-colour',
  'image-reduced-colour',
  'image-crop',
]);

/** Where the script puts a picture with the frame that decides what is kept. */
export const PICTURE_EDITOR = `<template id="picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
`;

/** The offer for an item; empty where there is none. `name` is its path, neutralised. */
export function buildFix({ outcome, content }: GalleryItem, name: string): string {
  const { asset, findings, path } = outcome;
  if (content === undefined || !findings.some(({ rule }) => HEALED_BY_EXPORT.has(rule))) {
    const command = composeRemedy(path, findings, asset?.facts);
    return command === undefined ? '' : buildCopyable('Command that mends it', command, 'command', name);
  }
  return `<details class="fix needs-script" data-path="${escapeExactly(name)}"><summary>Fix it here<span class="hidden-text">: ${escapeExactly(name)}</span></summary></details>\n`;
}
