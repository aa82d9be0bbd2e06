// A text that readers of the gallery take over to the letter.
import { escapeExactly } from '../../text/text.ts';

/** The text with a button that copies it; `what` is its name on the button, `path` the neutralised one of the asset. */
export function buildCopyable(label: string, text: string, what: string, path: string): string {
  const button = `<button type="button" class="button copy needs-script" data-what="${what}" aria-label="Copy ${what} of ${escapeExactly(path)}">Copy ${what}</button>`;
  return `<div class="handle is-${what.toLowerCase()}"><div><span class="handle-label">${label}</span><code>${escapeExactly(text)}</code></div>${button}</div>\n`;
}
