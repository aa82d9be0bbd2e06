// Words of the gallery that are the same everywhere on its page.
import { escapeHtml } from '../../text/text.ts';

/** `23 Nov 2026, 05:33 UTC`. */
export function formatTime(time: Date): string {
  const text = time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${text} UTC`;
}

/** A sentence of the run as HTML; what stands between back-ticks in it is code. */
export function formatProse(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
