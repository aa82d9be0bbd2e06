// Keeps secrets out of text that others wrote: a server may repeat what it was sent.

/** Replaces secrets by `***`, and the phone number by its last four digits. */
export type Redactor = (text: string) => string;

/** Fewer digits are no phone number, and occur by chance. */
const SHORTEST_NUMBER = 7;
/** What people and services write between digits. */
const SEPARATORS = '[\\s().\\/+\\p{Pd}]{0,3}';

/** Country codes have one to three digits; services often leave them out. */
const LONGEST_COUNTRY_CODE = 3;

/** The number, also without its country code, with whatever separators. */
function matchNumber(digits: string): RegExp {
  const optionalCount = Math.min(LONGEST_COUNTRY_CODE, digits.length - SHORTEST_NUMBER);
  const parts = [...digits].map((digit, index) => {
    const separated = index < digits.length - 1 ? digit + SEPARATORS : digit;
    return index < optionalCount ? `(?:${separated})?` : separated;
  });
  return new RegExp(parts.join(''), 'gu');
}

/**
 * A redactor for these secrets, whole and line by line, also as JSON and addresses write them, and for this number with
 * whatever separators. Empty ones are ignored.
 */
export function makeRedactor(secrets: readonly string[], phone: string): Redactor {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]);
  const forms = lines.flatMap((line) => [
    line,
    JSON.stringify(line).slice(1, -1),
    encodeURIComponent(line.toWellFormed()),
  ]);
  // The longest first: a form may be a part of another one.
  const hidden = [...new Set(forms)].filter((form) => form.trim() !== '').sort((a, b) => b.length - a.length);
  const digits = phone.replace(/\D/g, '');
  const number = digits.length < SHORTEST_NUMBER ? undefined : matchNumber(digits);
  return (text) => {
    const redacted = hidden.reduce((rest, form) => rest.replaceAll(form, '***'), text);
    return number === undefined ? redacted : redacted.replace(number, `…${digits.slice(-4)}`);
  };
}
