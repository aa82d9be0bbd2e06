// Markdown as GitHub shows it: rendered with its extensions, then read as a tree of elements.
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Rendered Markdown. Nothing is sanitised, as GitHub does besides: what is hostile must show. */
export interface RenderedMarkdown {
  /** Names of all elements, each once, in order of appearance. */
  readonly elements: readonly string[];
  /** Every attribute as `element name="value"`, in order. */
  readonly attributes: readonly string[];
  /** Comments, in order. */
  readonly comments: readonly string[];
  /** The text of each element of this name, in order. */
  textsOf(name: string): readonly string[];
  /** The cells' texts of each row of each table. */
  readonly rows: readonly (readonly string[])[];
}

/** Renders GitHub-flavoured Markdown and parses the HTML as a browser does. */
export function renderMarkdown(markdown: string): RenderedMarkdown {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const nodes = [...walk(parseFragment(html).childNodes)];
  const elements = nodes.filter((node): node is Element => 'tagName' in node);
  return {
    elements: [...new Set(elements.map(({ tagName }) => tagName))],
    attributes: elements.flatMap(({ tagName, attrs }) =>
      attrs.map(({ name, value }) => `${tagName} ${name}="${value}"`),
    ),
    comments: nodes.flatMap((node) => ('data' in node ? [node.data] : [])),
    textsOf: (name) => elements.filter(({ tagName }) => tagName === name).map(readText),
    rows: elements
      .filter(({ tagName }) => tagName === 'tr')
      .map((row) => [...walk(row.childNodes)].filter(isCell).map(readText)),
  };
}

function* walk(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if ('childNodes' in node) yield* walk(node.childNodes);
  }
}

function isCell(node: Node): node is Element {
  return 'tagName' in node && (node.tagName === 'td' || node.tagName === 'th');
}

function readText(element: Element): string {
  return [...walk(element.childNodes)].map((node) => ('value' in node ? node.value : '')).join('');
}
