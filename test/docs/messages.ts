// Collects from the sources every text that a user may read as an error, a warning or a notice.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** A text of the sources, each placeholder written as `…`, without what stands at its ends to join it to others. */
export interface Message {
  readonly file: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Files whose texts make up pages, or name kinds of files and codecs; none of them says what went wrong. */
const NO_MESSAGES = new Set([
  'assets/lfs-pointer.ts',
  'command/doctor-report.ts',
  'command/help.ts',
  'publish/pull-request-text.ts',
  'mp4-codecs.ts',
  'sniff.ts',
  'report/gallery/gallery.ts',
  'report/pictures.ts',
  'report/summary.ts',
]);
/** Calls whose texts only tell in the log what the action does. */
const TELLING = new Set(['info', 'group']);
/** Requests to GitHub, markup, lists of extensions, and the default commit message. */
const NO_SENTENCE =
  /^(GET|POST|PATCH|DELETE|query|mutation|pullRequests\(|target \{|o?…?:? ?object\(|<|#|gif |doc |chore: )/;
/** Shorter texts are names and parts of sentences. */
const LEAST_WORDS = 3;

/** The messages of all files below a folder. */
export function collectMessages(folder: string): readonly Message[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !NO_MESSAGES.has(file))
    .sort();
  return files.flatMap((file) => {
    const texts = collectTexts(readFileSync(join(folder, file), 'utf8'));
    return [...new Set(texts)].map((text) => ({ file, text }));
  });
}

/** The messages in the text of one TypeScript file. */
export function collectTexts(source: string): readonly string[] {
  const texts: string[] = [];
  visit(parseAst(source, { lang: 'ts', sourceType: 'module' }), texts);
  return texts
    .map((text) => text.replace(/^[\s…:.;,]+|[\s…:.;,(]+$/g, ''))
    .filter((text) => !NO_SENTENCE.test(text) && countWords(text) >= LEAST_WORDS);
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word)).length;
}

function visit(value: unknown, texts: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, texts);
  } else if (isNode(value)) {
    if (value.type === 'ImportDeclaration' || isTelling(value)) return;
    const parts = listParts(value);
    if (parts === undefined) {
      for (const child of Object.values(value)) visit(child, texts);
    } else {
      texts.push(parts.map((part) => (typeof part === 'string' ? part : '…')).join(''));
      for (const part of parts) if (typeof part !== 'string') visit(part, texts);
    }
  }
}

/** The parts of a text that may be put together with `+` and `${}`; undefined when the node is no text. */
function listParts(node: Node): readonly (string | Node)[] | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : undefined;
  if (node.type === 'TemplateLiteral') {
    const quasis = node.quasis as readonly { readonly value: { readonly cooked: string } }[];
    const expressions = node.expressions as readonly Node[];
    return quasis.flatMap(({ value }, at) => [value.cooked, ...expressions.slice(at, at + 1)]);
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const sides = [node.left, node.right].filter(isNode);
  const parts = sides.map(listParts);
  if (parts.every((part) => part === undefined)) return undefined;
  return sides.flatMap((side, at) => parts[at] ?? [side]);
}

function isTelling({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || !isNode(callee) || !isNode(callee.property)) return false;
  return TELLING.has(String(callee.property.name));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
