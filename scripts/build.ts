// Builds dist/: the bundle that GitHub's runner executes, and the licences of what is in it.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const source = join(root, 'src');

/** @actions/glob checks its parameters with Node's `assert`, which takes a tenth of an empty start to load. */
const lightAssert = {
  name: 'light-assert',
  resolveId: (id: string, importer = ''): string | undefined =>
    id === 'assert' && /@actions[\\/]glob/.test(importer) ? '\0assert' : undefined,
  load: (id: string): string | undefined =>
    id === '\0assert'
      ? 'export default function assert(value, message) { if (!value) throw new Error(message); }'
      : undefined,
};

const { output } = await build({
  input: {
    main: join(source, 'main.ts'),
    cli: join(source, 'cli.ts'),
    'judge-worker': join(source, 'assets/judge-worker.ts'),
  },
  plugins: [lightAssert],
  platform: 'node',
  transform: {
    // The oldest Node that the command runs on: it knows no `using` yet.
    target: 'node22.19',
    // The bundle's way to ask whether Node was started with this file.
    define: { 'import.meta.main': 'require.main === module' },
  },
  treeshake: {
    // Their modules only define things. Saying so keeps the OIDC client of @actions/core, and with it a second way to
    // the network, out of the part that every run loads.
    moduleSideEffects: [{ test: /node_modules[\\/]@actions[\\/]/, sideEffects: false }],
  },
  output: {
    dir: dist,
    // Node loads it faster than ES modules.
    format: 'cjs',
    // What every run loads, in one file: left to itself, the bundler makes fifteen of it, each of which takes time.
    codeSplitting: { groups: [{ name: 'run', test: /[\\/]src[\\/]pipeline[\\/]run\.ts$/ }] },
    minify: true,
    comments: { legal: false, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
  },
});

// The gallery's page is read as it is, where the module that reads it lies.
cpSync(join(source, 'report/gallery/page'), join(dist, 'page'), { recursive: true });
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(
  join(dist, 'licenses.txt'),
  collectLicences(output.flatMap((item) => ('moduleIds' in item ? item.moduleIds : []))),
);

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
