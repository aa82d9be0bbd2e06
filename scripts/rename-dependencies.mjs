// Gives the field of package.json that names what the bundle holds its other name, around `npm pack`: whoever installs
// the package needs none of it. Doing so twice is no harm, so the next pack mends what a killed one left.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package.json', import.meta.url);
const [from, to] = process.argv.slice(2);
const text = readFileSync(file, 'utf8').replace(`\n  "${from}": {`, `\n  "${to}": {`);
if (!(to in JSON.parse(text))) throw new Error(`package.json has neither "${from}" nor "${to}".`);
writeFileSync(file, text);
