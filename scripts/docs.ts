// Writes what the documents take from elsewhere: the tables of inputs and outputs,
// and the quoted files; from action.yml, what the command knows of inputs; the version in the examples that run the command.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

interface Described {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

const LANGUAGES: Readonly<Record<string, string>> = { '.yml': 'yaml', '.mjs': 'js', '.json': 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const action: Record<'inputs' | 'outputs', Record<string, Described>> = parse(
  readFileSync(`${root}action.yml`, 'utf8'),
);
writeFileSync(`${root}src/inputs/described.json`, `${JSON.stringify(action.inputs, null, 2)}\n`);
const ours = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
for (const path of ['examples/gitlab/.gitlab-ci.yml', 'examples/workflows/create-templates.yml']) {
  const text = readFileSync(root + path, 'utf8');
  writeFileSync(
    root + path,
    text.replaceAll(RegExp(`${ours.name}@\\d\\S*`, 'g'), `${ours.name}@${ours.version}`),
  );
}
const documents = ['README.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)];
for (const path of documents.filter((name) => name.endsWith('.md'))) {
  const text = readFileSync(root + path, 'utf8');
  const filled = quoteFiles(path === 'README.md' ? fillTables(text) : text);
  if (filled !== text) writeFileSync(root + path, filled);
}

function fillTables(readme: string): string {
  const inputRows = Object.entries(action.inputs).map(([name, { description, default: value, required }]) => {
    const shown = required ? '**required**' : value === undefined ? '' : `\`${value}\``;
    return `| \`${name}\` | ${shown} | ${inCell(description)} |`;
  });
  const outputRows = Object.entries(action.outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${inCell(description)} |`,
  );
  const inputs = ['| input | default | meaning |', '| --- | --- | --- |', ...inputRows];
  const outputs = ['| output | meaning |', '| --- | --- |', ...outputRows];
  return replaceSection(replaceSection(readme, 'inputs', inputs), 'outputs', outputs);
}

function inCell(description: string): string {
  return description.trim().replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function replaceSection(document: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name}: generated from action.yml -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no section between "${start}" and "${end}"`);
  return `${document.slice(0, from)}${start}\n${lines.join('\n')}\n${document.slice(to)}`;
}

/** Puts a file's text between `<!-- quoted from … -->` and `<!-- end of quote -->`. */
function quoteFiles(document: string): string {
  return document.replace(
    /(<!-- quoted from (\S+) -->\n).*?(<!-- end of quote -->)/gs,
    (_, start: string, file: string, end: string) => {
      const language = LANGUAGES[extname(file)] ?? '';
      return `${start}\n\`\`\`${language}\n${readFileSync(root + file, 'utf8')}\`\`\`\n\n${end}`;
    },
  );
}
