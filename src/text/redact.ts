// Keeps secrets out of text that others wrote: a server may repeat what it was sent.

/** Replaces secrets by `***`, and the phone number by its last four digits. */
export type Redactor = (text: string) => string;

/** Fewer digits are no phone number, and occur by chance. */
const SHORTEST_NUMBER = 7;
/** Country codes have one to three digits; services often leave them out. */
const LONGEST_COUNTRY_CODE = 3;
/** What people and services write between digits. */
const SEPARATORS = '[\\s().\\/+\\u2010-\\u2015-]{0,3}';

/** Hides the number, also without its country code, with whatever separators. */
function makeNumberRedactor(digits: string): Redactor {
  const optionalCount = Math.min(LONGEST_COUNTRY_CODE, digits.length - SHORTEST_NUMBER);
  if (optionalCount < 0) return (text) => text;
  const needed = digits.slice(optionalCount);
  return (text) => {
    // Hardly any text has it, and the expression takes a while to be made.
    if (!text.replace(/\D/g, '').includes(needed)) return text;
    const optional = [...digits.slice(0, optionalCount)].map((digit) => `(?:${digit}${SEPARATORS})?`);
    const number = new RegExp(optional.join('') + [...needed].join(SEPARATORS), 'g');
    return text.replace(number, `…${digits.slice(-4)}`);
  };
}

/** Shorter secrets occur in any text by chance. */
export const SHORTEST_SECRET = 8;

/** The secrets, whole and line by line, as logs are matched line by line; without blank ones, each once. */
export function splitSecrets(secrets: readonly string[]): readonly string[] {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]);
  return [...new Set(parts)].filter((part) => part.trim() !== '');
}

/**
 * A redactor for these secrets, whole and line by line, also as JSON and addresses write them, and for this number with
 * whatever separators. Empty ones are ignored.
 */
export function makeRedactor(secrets: readonly string[], phone: string): Redactor {
  const forms = splitSecrets(secrets).flatMap((line) => [
    line,
    JSON.stringify(line).slice(1, -1),
    encodeURIComponent(line.toWellFormed()),
  ]);
  // The longest first: a form may be a part of another one.
  const hidden = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const hideNumber = makeNumberRedactor(phone.replace(/\D/g, ''));
  return (text) => hideNumber(hidden.reduce((rest, form) => rest.replaceAll(form, '***'), text));
}
