// The small changes that mutation testing makes to a source, one at a time: a swapped operator, a negated condition, a
// flipped boolean, a number that is one more, a statement left out.
import { parseAst } from 'rolldown/parseAst';

export interface Mutant {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line as it was. */
  readonly code: string;
  readonly kind: string;
  /** The whole file with the change made. */
  readonly text: string;
}

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const SWAPS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};

/** All mutants of a source, in the order of its text. */
export function listMutants(file: string, text: string): readonly Mutant[] {
  const lines = text.split('\n');
  const mutants: Mutant[] = [];
  const add = (start: number, end: number, replacement: string, kind: string): void => {
    const line = text.slice(0, start).split('\n').length;
    const changed = text.slice(0, start) + replacement + text.slice(end);
    mutants.push({ file, line, code: lines[line - 1]?.trim() ?? '', kind, text: changed });
  };
  visit(parseAst(text, { lang: 'ts' }), (node) => {
    const { type, start, end } = node;
    if (type === 'BinaryExpression' || type === 'LogicalExpression') {
      const [left, right, operator] = [node.left, node.right, String(node.operator)];
      const swap = SWAPS[operator];
      if (!isNode(left) || !isNode(right) || swap === undefined) return;
      const at = text.indexOf(operator, left.end);
      if (at < right.start) add(at, at + operator.length, swap, `${operator} → ${swap}`);
    } else if (type === 'IfStatement' || type === 'ConditionalExpression') {
      const { test } = node;
      if (!isNode(test)) return;
      add(test.start, test.end, `!(${text.slice(test.start, test.end)})`, 'condition negated');
    } else if (type === 'Literal' && typeof node.value === 'boolean') {
      add(start, end, String(!node.value), 'boolean flipped');
    } else if (type === 'Literal' && typeof node.value === 'number') {
      add(start, end, `(${text.slice(start, end)} + 1)`, 'number + 1');
    } else if (type === 'ExpressionStatement') {
      add(start, end, ';', 'statement removed');
    }
  });
  return mutants;
}

function visit(value: unknown, look: (node: AstNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look);
  // Types have no behaviour to break.
  if (!isNode(value) || value.type.startsWith('TS')) return;
  look(value);
  for (const child of Object.values(value)) if (typeof child === 'object') visit(child, look);
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
