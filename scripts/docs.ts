// Writes what is generated from action.yml: the README's tables of inputs and outputs, and what the command knows of inputs.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

interface Described {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const action: Record<'inputs' | 'outputs', Record<string, Described>> = parse(
  readFileSync(`${root}action.yml`, 'utf8'),
);

const inputRows = Object.entries(action.inputs).map(([name, { description, default: value, required }]) => {
  const shown = required ? '**required**' : value === undefined ? '' : `\`${value}\``;
  return `| \`${name}\` | ${shown} | ${inCell(description)} |`;
});
const outputRows = Object.entries(action.outputs).map(
  ([name, { description }]) => `| \`${name}\` | ${inCell(description)} |`,
);

const readme = `${root}README.md`;
let text = readFileSync(readme, 'utf8');
text = replaceSection(text, 'inputs', ['| input | default | meaning |', '| --- | --- | --- |', ...inputRows]);
text = replaceSection(text, 'outputs', ['| output | meaning |', '| --- | --- |', ...outputRows]);
writeFileSync(readme, text);
writeFileSync(`${root}src/command/inputs.json`, `${JSON.stringify(action.inputs, null, 2)}\n`);

function inCell(description: string): string {
  return description.trim().replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function replaceSection(document: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name}: generated from action.yml -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no section between "${start}" and "${end}"`);
  return `${document.slice(0, from)}${start}\n${lines.join('\n')}\n${document.slice(to)}`;
}
