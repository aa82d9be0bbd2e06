// Prints the changelog's section of a version tag; fails when package or changelog are not ready for it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { extractNotes } from './changelog.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tag = process.argv[2] ?? '';
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
if (tag !== `v${version}`) {
  console.error(`The tag is "${tag}", but package.json says ${version}.`);
  process.exit(1);
}
const notes = extractNotes(readFileSync(`${root}CHANGELOG.md`, 'utf8'), version);
if (notes === undefined) {
  console.error(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD" with something in it.`);
  process.exit(1);
}
console.log(notes);
