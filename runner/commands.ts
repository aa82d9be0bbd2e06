// Workflow commands in what an action prints, read as GitHub's runner reads them
// (actions/runner, src/Runner.Common/ActionCommand.cs).

/** A workflow command; property names in lower case, as the runner ignores their case. */
export type WorkflowCommand = {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

/** Commands of the runner; others are ordinary text. */
export const knownCommands: readonly string[] = [
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
];

const dataEscapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
] as const;
const propertyEscapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%3A', ':'],
  ['%2C', ','],
  ['%25', '%'],
] as const;
const legacyEscapes = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
] as const;

/** The command a line stands for, `::name …::data` at its start or `##[name …]data` anywhere, or undefined. */
export function parseCommand(
  line: string,
  known: readonly string[] = knownCommands,
): WorkflowCommand | undefined {
  return parseModernCommand(line, known) ?? parseLegacyCommand(line, known);
}

function parseModernCommand(line: string, known: readonly string[]): WorkflowCommand | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  const head = splitHead(text.slice(2, end), known);
  if (head === undefined) return undefined;
  return {
    command: head.command,
    properties: parseProperties(head.properties.trim(), ',', propertyEscapes),
    data: replaceEscapes(text.slice(end + 2), dataEscapes),
  };
}

function parseLegacyCommand(line: string, known: readonly string[]): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const head = splitHead(line.slice(start + 3, end), known);
  if (head === undefined) return undefined;
  return {
    command: head.command,
    properties: parseProperties(head.properties, ';', legacyEscapes),
    data: replaceEscapes(line.slice(end + 1), legacyEscapes),
  };
}

function splitHead(
  head: string,
  known: readonly string[],
): { command: string; properties: string } | undefined {
  const space = head.indexOf(' ');
  const command = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!known.some((name) => name.toLowerCase() === command)) return undefined;
  return { command, properties: space < 0 ? '' : head.slice(space + 1) };
}

function parseProperties(
  text: string,
  separator: string,
  escapes: readonly (readonly [string, string])[],
): Record<string, string> {
  const properties = new Map<string, string>();
  for (const property of text.split(separator)) {
    const equals = property.indexOf('=');
    // The runner drops a property without a name or without a value.
    if (equals < 1 || equals === property.length - 1) continue;
    properties.set(
      property.slice(0, equals).toLowerCase(),
      replaceEscapes(property.slice(equals + 1), escapes),
    );
  }
  return Object.fromEntries(properties);
}

function replaceEscapes(text: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce((result, [escaped, plain]) => result.replaceAll(escaped, plain), text);
}
