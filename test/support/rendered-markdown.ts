// Markdown as GitHub shows it: rendered with its extensions, then read as a tree of elements.
import assert from 'node:assert/strict';
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
  /** The first text of each row that is to be taken to the letter: its path. */
  readonly rowPaths: readonly string[];
  /** The cells' texts of each row of each table. */
  readonly rows: readonly (readonly string[])[];
}

/** What the action itself puts into a summary, a comment or a pull request. */
const OWN_ELEMENTS = new Set(
  'h3 h4 p table tbody tr th td code br img span sub wbr details summary b a'.split(' '),
);
const OWN_ATTRIBUTES =
  /^(?:img (?:alt|width)=|img src="https:\/\/github\.[a-z]+\/|a href="https:\/\/github\.[a-z]+\/|th (?:width|align)=)/;

/** Asserts that nothing shows but what the action itself puts there, and so many comments of its own. */
export function assertOnlyOwn({ elements, attributes, comments }: RenderedMarkdown, count = 0): void {
  assert.deepEqual(
    elements.filter((element) => !OWN_ELEMENTS.has(element)),
    [],
  );
  assert.deepEqual(
    attributes.filter((attribute) => !OWN_ATTRIBUTES.test(attribute)),
    [],
  );
  assert.equal(comments.length, count);
}

/** Renders GitHub-flavoured Markdown and parses the HTML as a browser does. */
export function renderMarkdown(markdown: string): RenderedMarkdown {
  const html = renderToHtml(markdown);
  const nodes = [...walk(parseFragment(html).childNodes)];
  const elements = nodes.filter(isElement);
  const rows = elements.filter(({ tagName }) => tagName === 'tr');
  return {
    elements: [...new Set(elements.map(({ tagName }) => tagName))],
    attributes: elements.flatMap(({ tagName, attrs }) =>
      attrs.map(({ name, value }) => `${tagName} ${name}="${value}"`),
    ),
    comments: nodes.flatMap((node) => ('data' in node ? [node.data] : [])),
    textsOf: (name) => elements.filter(({ tagName }) => tagName === name).map(collectText),
    rowPaths: rows.flatMap((row) => {
      const code = [...walk(row.childNodes)].filter(isElement).find(({ tagName }) => tagName === 'code');
      return code === undefined ? [] : [collectText(code)];
    }),
    rows: rows.map((row) => [...walk(row.childNodes)].filter(isCell).map(collectText)),
  };
}

/** GitHub-flavoured Markdown as HTML. */
export function renderToHtml(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

function* walk(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if ('childNodes' in node) yield* walk(node.childNodes);
  }
}

function isElement(node: Node): node is Element {
  return 'tagName' in node;
}

function isCell(node: Node): node is Element {
  return 'tagName' in node && (node.tagName === 'td' || node.tagName === 'th');
}

function collectText(element: Element): string {
  return [...walk(element.childNodes)].map((node) => ('value' in node ? node.value : '')).join('');
}
