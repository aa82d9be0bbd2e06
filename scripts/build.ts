// Builds dist/: the bundle that GitHub's runner executes, and the licences of what is in it.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { lighten } from './lighter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const source = join(root, 'src/');
const media = join(root, 'media/');
const main = join(source, 'main.ts');
const worker = join(source, 'assets/judge-worker.ts');
/** What is loaded at once: by both threads, and by the main one alone. */
let eagerInBoth = new Set<string>();
let eagerInMain = new Set<string>();
const isShared = (id: string): boolean =>
  (id.startsWith(source) || id.startsWith(media)) && id !== main && id !== worker;

const { output } = await build({
  input: { main, cli: join(source, 'cli.ts'), 'judge-worker': worker },
  plugins: [
    lighten,
    {
      name: 'find-eager-modules',
      buildEnd() {
        const listImports = (id: string): readonly string[] => this.getModuleInfo(id)?.importedIds ?? [];
        eagerInBoth = reachFrom(worker, listImports);
        eagerInMain = reachFrom(main, listImports);
      },
    },
  ],
  platform: 'node',
  treeshake: {
    // Their modules only define things. Saying so keeps the OIDC client of @actions/core, and with it a second way to
    // the network, out of the part that every run loads.
    moduleSideEffects: [{ test: /node_modules[\\/]@actions[\\/]/, sideEffects: false }],
  },
  output: {
    dir: dist,
    format: 'cjs',
    minify: true,
    // V8 reads a file faster when every character fits into a byte.
    charset: 'ascii',
    comments: { legal: false, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => `chunk-${name.replace(/^_/, '')}.js`,
    // Every file costs start-up time, so what every run loads lies in few.
    codeSplitting: {
      groups: [
        { name: 'judge', test: (id) => id.startsWith('\0rolldown') || (isShared(id) && eagerInBoth.has(id)) },
        { name: 'run', test: (id) => isShared(id) && eagerInMain.has(id) },
      ],
    },
  },
});

// The gallery's page is read as it is, where the module that reads it lies.
cpSync(join(root, 'src/report/gallery/page'), join(dist, 'page'), { recursive: true });
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(
  join(dist, 'licenses.txt'),
  collectLicences(output.flatMap((item) => ('moduleIds' in item ? item.moduleIds : []))),
);

/** A module and all that it imports statically, directly or not. */
function reachFrom(start: string, listImports: (id: string) => readonly string[]): Set<string> {
  const reached = new Set([start]);
  // A set's iteration includes what is added meanwhile.
  for (const id of reached) for (const imported of listImports(id)) reached.add(imported);
  return reached;
}

/** The licence texts of all packages with a module in the bundle. */
function collectLicences(moduleIds: readonly string[]): string {
  const folders = new Set(
    moduleIds.map((id) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1]),
  );
  const texts = [...folders]
    .filter((folder) => folder !== undefined)
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:[.-]|$)/i.test(entry));
      const text =
        file === undefined ? `Licensed under ${license}.` : readFileSync(join(folder, file), 'utf8');
      return {
        name: `${name}@${version}`,
        text: `${name} ${version} (${license})\n\n${text.replaceAll('\r', '').trim()}\n`,
      };
    });
  const sorted = texts.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text);
  return sorted.join(`\n${'-'.repeat(80)}\n\n`);
}
