// Places in JSON text, for messages that say where something is wrong.

const MARK = /["{}[\]:]/g;

/**
 * The first key that stands twice in one object, which `JSON.parse` would silently resolve to the last one. The text
 * must be valid JSON. Works without recursion, so that depth is no danger.
 */
export function findDuplicateKey(text: string): { key: string; index: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last = { start: 0, end: 0 };
  const mark = new RegExp(MARK);
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const token = found[0];
    if (token === '"') {
      last = { start: found.index, end: findStringEnd(text, found.index) };
      mark.lastIndex = last.end;
    } else if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else {
      const key: string = JSON.parse(text.slice(last.start, last.end));
      const keys = open.at(-1);
      if (keys?.has(key)) return { key, index: last.start };
      keys?.add(key);
    }
  }
  return undefined;
}

/** The index behind the closing quote of a string; a quote behind an odd number of backslashes belongs to it. */
function findStringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text[quote - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
  }
}

/** `line 3, column 7` of an index into a text, both counted from 1. */
export function lineAndColumn(text: string, index: number): string {
  const before = text.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `line ${line}, column ${index - lineStart + 1}`;
}

/**
 * Where text stops being JSON: the length of its longest beginning that could still become JSON. V8 names the position
 * only in some of its messages, so the rest is found by halving.
 */
export function findJsonFault(text: string): number {
  if (isBeginningOfJson(text)) return text.length;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBeginningOfJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    if (position !== undefined) return Number(position) >= text.length;
    return message.startsWith('Unexpected end');
  }
}
