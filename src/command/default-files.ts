// The patterns of a command that is given none.
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { findDefault } from '../inputs/described.ts';
import type { Host } from '../inputs/host.ts';
import { parseManifest } from '../manifest/manifest.ts';
import { nameSome } from '../text/text.ts';

/** The topmost folders of the manifest's entries, else `whatsapp/**`, and which it is; undefined when `files` are given. */
export function chooseFiles(host: Host): { readonly files: string; readonly notice: string } | undefined {
  if (host.readInput('files') !== '') return undefined;
  const manifest = host.readInput('manifest-path') || findDefault('manifest-path');
  const folders = listFolders(resolve(host.workspace, host.readInput('working-directory'), manifest));
  const chosen = folders.length === 0 ? ['whatsapp/**'] : folders;
  const source = folders.length === 0 ? '' : `, the folders of ${manifest}`;
  const notice = `No \`files\` are given; these are taken: ${nameSome(chosen)}${source}.`;
  return { files: chosen.join('\n'), notice };
}

/** Empty where there is no manifest, or none that can be read, which is the run's to tell. */
function listFolders(file: string): readonly string[] {
  try {
    const paths = [...parseManifest(readFileSync(file), file).keys()];
    return [...new Set(paths.map(makePattern))].sort();
  } catch {
    return [];
  }
}

/** A new folder is often made beside the one of an entry; what lies at the root has neighbours of its type alone. */
function makePattern(path: string): string {
  const [folder = '', ...below] = path.split('/');
  if (below.length === 0) return `*${extname(path)}`;
  // What would be a sign in a pattern, or bring a hint at one, stands for any character.
  const plain = folder.replace(/[*?[\]\\{,;#"'`“‘”’\s]/g, '?').replace(/^!/, './!');
  return `${plain}/**`;
}
