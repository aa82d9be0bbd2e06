// Links between the documents lead somewhere: the files exist, and so do the headings.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const documents = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

for (const path of documents) {
  test(`the links of ${path}`, () => {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const linked = file === '' ? join(root, path) : join(root, dirname(path), file);
      assert.ok(existsSync(linked), `${path} links to ${target}`);
      if (heading === undefined) continue;
      assert.ok(listAnchors(readFileSync(linked, 'utf8')).includes(heading), `${path} links to ${target}`);
    }
  });
}

/** The anchors that GitHub gives to headings. */
function listAnchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
