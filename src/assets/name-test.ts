// The tests of single names: what stars, question marks and sets in brackets match, in bounded time.

/** Stands for any number of items, also none. */
export const ANY_NUMBER = Symbol('any number');

/** What an item must be, or `ANY_NUMBER`. */
export type Test<Item> = ((item: Item) => boolean) | typeof ANY_NUMBER;

/** Whether tests match all items in order; it takes a time of at most their product. */
export function matchAll<Item>(tests: readonly Test<Item>[], items: ArrayLike<Item>): boolean {
  let position = 0;
  // Only the last star is tried again: what an earlier one could take, it can take as well.
  let star = { at: -1, taken: 0 };
  let at = 0;
  while (position < items.length) {
    const test = tests[at];
    if (test === ANY_NUMBER) {
      star = { at, taken: position };
      at += 1;
    } else if (test?.(items[position] as Item)) {
      at += 1;
      position += 1;
    } else if (star.at >= 0) {
      star.taken += 1;
      position = star.taken;
      at = star.at + 1;
    } else return false;
  }
  while (tests[at] === ANY_NUMBER) at += 1;
  return at === tests.length;
}

/** The kinds of characters that a set can name, as the members of an expression's class. */
const KINDS: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{Nl}\\p{Nd}',
  alpha: '\\p{L}\\p{Nl}',
  ascii: '\\x00-\\x7f',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  graph: '[^\\p{Z}\\p{C}]',
  lower: '\\p{Ll}',
  print: '\\P{C}',
  punct: '\\p{P}',
  space: '\\p{Z}\\t\\r\\n\\v\\f',
  upper: '\\p{Lu}',
  word: '\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}',
  xdigit: 'A-Fa-f0-9',
};
const KIND = `\\[:(?:${Object.keys(KINDS).join('|')}):\\]`;

/** One part of a segment: stars, a set in brackets, an escaped character, or any other character. */
const PARTS = new RegExp(
  '(?<stars>\\*+)' +
    `|\\[(?:(?<not>[!^])|(?![!^]))(?<set>\\](?:${KIND}|\\\\[^]|[^\\]\\\\])*|(?:${KIND}|\\\\[^]|[^\\]\\\\])+)\\]` +
    '|\\\\(?<escaped>[^])|(?<plain>[^])',
  'g',
);

/** One member of a set: a kind, a range, or a character; characters may be escaped. */
const ANY = '\\\\[^]|[^\\\\]';
const MEMBERS = new RegExp(`(?<kind>${KIND})|(?<first>${ANY})-(?<last>${ANY})|(?<one>${ANY})`, 'g');

function compileSet(set: string, isNegated: boolean): (character: string) => boolean {
  const encode = (written = ''): string => `\\u{${written.charCodeAt(written.length - 1).toString(16)}}`;
  const members = [...set.matchAll(MEMBERS)].map(({ groups: { kind, first, last, one } = {} }) => {
    if (kind !== undefined) return KINDS[kind.slice(2, -2)];
    if (first === undefined || last === undefined) return encode(one);
    return first.slice(-1) > last.slice(-1) ? '' : `${encode(first)}-${encode(last)}`;
  });
  const source = members.join('');
  if (source === '') return () => false;
  const expression = new RegExp(`^[${isNegated ? '^' : ''}${source}]$`, 'v');
  return (character) => expression.test(character);
}

/** The test of one name of a path. */
export function compileSegment(segment: string): Test<string> {
  if (segment === '**') return ANY_NUMBER;
  if (!/[*?[\\]/.test(segment)) return (name) => name === segment;
  const tests = [...segment.matchAll(PARTS)].map(({ groups = {} }): Test<string> => {
    const { stars, set, not, escaped, plain } = groups;
    if (stars !== undefined) return ANY_NUMBER;
    if (set !== undefined) return compileSet(set, not !== undefined);
    if (plain === '?') return () => true;
    return (other) => other === (escaped ?? plain);
  });
  return (name) => matchAll(tests, name);
}
