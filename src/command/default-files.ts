// The patterns of a command that is given none.
import { readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { findDefault } from '../inputs/described.ts';
import type { Host } from '../inputs/host.ts';
import { parseManifestText } from '../manifest/manifest.ts';
import { nameSome } from '../text/text.ts';

/** The folders of the manifest's entries, else `whatsapp/**`, and which it is; undefined when `files` are given. */
export function chooseFiles(host: Host): { readonly files: string; readonly notice: string } | undefined {
  if (host.readInput('files') !== '') return undefined;
  const manifest = host.readInput('manifest-path') || findDefault('manifest-path');
  const folders = listFolders(resolve(host.workspace, host.readInput('working-directory'), manifest));
  const chosen = folders.length === 0 ? ['whatsapp/**'] : folders;
  const source = folders.length === 0 ? '' : `, the folders of ${manifest}`;
  return {
    files: chosen.join('\n'),
    notice: `No \`files\` are given; these are taken: ${nameSome(chosen)}${source}.`,
  };
}

/** Empty where there is no manifest, or none that can be read, which is the run's to tell. */
function listFolders(file: string): readonly string[] {
  try {
    const paths = [...parseManifestText(readFileSync(file, 'utf8'), file).keys()];
    const folders = [...new Set(paths.map((path) => posix.dirname(path)))].sort();
    const outer = folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
    return outer.map((folder) => (folder === '.' ? '*' : `${escapePattern(folder)}/**`));
  } catch {
    return [];
  }
}

/** What would be a sign in a pattern stands for any character. */
function escapePattern(folder: string): string {
  return folder.replace(/[*?[\]\\\r\n]/g, '?').replace(/^[#!\s]/, './$&');
}
