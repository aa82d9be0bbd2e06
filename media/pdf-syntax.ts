// Parses PDF dictionaries and texts (ISO 32000-1, 7.3) as far as the media rules need them.

/** Keys with their slash, and their values as they are written. */
export type PdfDictionary = ReadonlyMap<string, string>;

/** White space and comments; texts, whose brackets may be nested once; brackets; names and other words. */
const TOKEN =
  /(?:\s|\0|%[^\r\n]*)+|\((?:\\[\s\S]|[^\\()]|\((?:\\[\s\S]|[^\\()])*\))*\)|<[^<>]*>|<<|>>|[[\]]|\/?[^\s\0()<>[\]/%]+|\//y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The dictionary that begins at `at`, perhaps behind white space; undefined when there is none, or not its end. */
export function parseDictionary(text: string, at = 0): PdfDictionary | undefined {
  const items: string[] = [];
  let depth = 0;
  let start = at;
  TOKEN.lastIndex = at;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token] = match;
    if (/^[\s\0%]/.test(token)) continue;
    if (depth === 0 && token !== '<<') return undefined;
    if (depth === 1) start = match.index;
    const isInside = depth > 0;
    if (token === '<<' || token === '[') depth++;
    if (token === '>>' || token === ']') depth--;
    if (depth === 0) return pairItems(items);
    if (depth === 1 && isInside) items.push(text.slice(start, TOKEN.lastIndex));
  }
  return undefined;
}

function pairItems(items: string[]): PdfDictionary | undefined {
  const entries = new Map<string, string>();
  for (let at = 0; at < items.length; ) {
    const [key, value, generation, letter] = items.slice(at, at + 4);
    if (value === undefined || key?.startsWith('/') !== true) return undefined;
    const isReference = letter === 'R';
    entries.set(key, isReference ? `${value} ${generation} R` : value);
    at += isReference ? 4 : 2;
  }
  return entries;
}

/** The bytes of a text: `(…)` with escapes, or `<…>` with hexadecimal digits. */
export function parseText(value: string): Buffer {
  if (value.startsWith('<')) return Buffer.from(value.replace(/[^\da-f]/gi, ''), 'hex');
  const content = value.slice(1, -1).replace(/\\(\r\n|[0-7]{1,3}|[\s\S])/g, (_, escaped: string) => {
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
    return /^[\r\n]/.test(escaped) ? '' : (ESCAPES[escaped] ?? escaped);
  });
  return Buffer.from(content, 'latin1');
}
