// Which files of the bundle an entry loads before it runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One that is not behind the arrow of a dynamic import. */
const STATIC_REQUIRE = /(?<!=>\s*)\brequire\(["'`]\.\/([^"'`]+)["'`]\)/g;

/** The names of the entry and of all files in `folder` that it requires at once, directly or not. */
export function listEagerFiles(folder: string, entry: string): readonly string[] {
  const names = new Set([entry]);
  // A set's iteration includes what is added meanwhile.
  for (const name of names) {
    for (const [, imported] of readFileSync(join(folder, name), 'utf8').matchAll(STATIC_REQUIRE)) {
      if (imported !== undefined) names.add(imported);
    }
  }
  return [...names];
}
