// Places in JSON text, for messages that say where something is wrong.

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * The first key that stands twice in one object, which `JSON.parse` would silently resolve to the last one. The text
 * must be valid JSON. Works without recursion, so that depth is no danger.
 */
export function findDuplicateKey(text: string): { key: string; index: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last: { token: string; index: number } | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && last !== undefined) {
      const key: string = JSON.parse(last.token);
      const keys = open.at(-1);
      if (keys?.has(key)) return { key, index: last.index };
      keys?.add(key);
    }
    last = { token, index };
  }
  return undefined;
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
