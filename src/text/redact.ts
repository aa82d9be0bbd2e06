// Keeps secrets out of text that others wrote: a server may repeat what it was sent.

/** Replaces secrets by `***`, and the phone number by its last four digits. */
export type Redactor = (text: string) => string;

/** Characters in Unicode's full width stand for those of ASCII. */
const FULL_WIDTH = /[\uff01-\uff5e]/g;
/** What people write between the digits of a number, and what comes along unseen when they copy one. */
const NUMBER_CHARACTERS = '+\\s\\p{Pd}\\u2212.\\/()\\p{Cf}\\p{Variation_Selector}';
const BETWEEN_DIGITS = new RegExp(`[${NUMBER_CHARACTERS}]`, 'gu');

/** A phone number without what stands between its digits. */
export function foldPhone(text: string): string {
  return text
    .replace(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(BETWEEN_DIGITS, '');
}

/** Fewer digits are no phone number, and occur by chance. */
const SHORTEST_NUMBER = 7;
/** Country codes have one to three digits; services often leave them out. */
const LONGEST_COUNTRY_CODE = 3;
const SEPARATORS = `[${NUMBER_CHARACTERS}]{0,3}`;

/** Hides the number, also without its country code, with whatever separators. */
function makeNumberRedactor(digits: string): Redactor {
  const optionalCount = Math.min(LONGEST_COUNTRY_CODE, digits.length - SHORTEST_NUMBER);
  if (optionalCount < 0) return (text) => text;
  const needed = digits.slice(optionalCount);
  return (text) => {
    // Hardly any text has it, and the expression takes a while to be made.
    if (!text.replace(/\D/g, '').includes(needed)) return text;
    const optional = [...digits.slice(0, optionalCount)].map((digit) => `(?:${digit}${SEPARATORS})?`);
    const number = new RegExp(optional.join('') + [...needed].join(SEPARATORS), 'gu');
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

/** MD5 and SHA-256 in hexadecimal digits. */
const SIGNATURE_LENGTHS = [32, 64];

/** Hides the signatures known by then, wherever they stand in longer runs of digits. */
export function hideSignatures(text: string, signatures: ReadonlySet<string>): string {
  if (signatures.size === 0) return text;
  return text.replace(/[0-9a-f]{32,}/gi, (run) => {
    const digits = run.toLowerCase();
    let shown = '';
    for (let at = 0; at < run.length; ) {
      const length = SIGNATURE_LENGTHS.find((each) => signatures.has(digits.slice(at, at + each)));
      shown += length === undefined ? run.charAt(at) : '***';
      at += length ?? 1;
    }
    return shown;
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** Source of an expression for a character in every spelling: as it is, JSON's, an address's and HTML's. */
function spellAnyhow(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const hex = (code: number, width: number): string =>
    code
      .toString(16)
      .padStart(width, '0')
      .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const code = character.codePointAt(0) ?? 0;
  const inJson = JSON.stringify(character).slice(1, -1);
  // No two may match the same: many of such characters in a row would take forever.
  const spellings = [
    `\\\\?${quote(character)}`,
    ...(inJson.endsWith(character) ? [] : [quote(inJson)]),
    character.replace(/[\s\S]/g, (unit) => `\\\\u${hex(unit.charCodeAt(0), 4)}`),
    [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join(''),
    `&(?:#0*${code}|#[xX]0*${hex(code, 1)}|${ENTITIES[character] ?? '#'});`,
  ];
  return `(?:${spellings.join('|')})`;
}

/**
 * A redactor for these secrets, whole and line by line, as JSON, addresses and HTML write them as well, for this number with
 * whatever separators, and for what is in `signatures` when it is called. Empty secrets are ignored.
 */
export function makeRedactor(
  secrets: readonly string[],
  phone: string,
  signatures: ReadonlySet<string> = new Set(),
): Redactor {
  // The longest first: one may be a part of another.
  const hidden = [...splitSecrets(secrets)]
    .sort((a, b) => b.length - a.length)
    .map((line) => new RegExp([...line].map(spellAnyhow).join(''), 'g'));
  const hideNumber = makeNumberRedactor(foldPhone(phone).replace(/\D/g, ''));
  return (text) =>
    hideNumber(hidden.reduce((rest, form) => rest.replace(form, '***'), hideSignatures(text, signatures)));
}
