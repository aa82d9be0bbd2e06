// Copies assets for the demo, and changes the copies so that they stay what they are.
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { classifyName } from '../src/assets/asset-type.ts';

/** Copied files, those of them that the action judges, and paths that were left out: links, special files and what cannot be read. */
export type CopyReport = {
  readonly copied: number;
  readonly assets: number;
  readonly leftOut: readonly string[];
};

const skippedNames = ['.git', 'node_modules'];

/** Copies the regular files of a folder; originals are only read. Throws over the limit of bytes. */
export async function copyFolder(from: string, to: string, byteLimit: number): Promise<CopyReport> {
  const leftOut: string[] = [];
  let copied = 0;
  let assets = 0;
  let bytes = 0;
  async function copyInto(path: string): Promise<void> {
    for (const name of (await readdir(join(from, path))).sort()) {
      if (skippedNames.includes(name)) continue;
      const entry = join(path, name);
      try {
        const kind = await lstat(join(from, entry));
        if (kind.isDirectory()) {
          await mkdir(join(to, entry));
          await copyInto(entry);
        } else if (kind.isFile()) {
          bytes += kind.size;
          if (bytes > byteLimit) throw new RangeError(`${from} holds more than ${byteLimit / 1024 ** 2} MB`);
          await copyFile(join(from, entry), join(to, entry));
          // A copy takes over the mode, and some of the copies are going to be changed.
          await chmod(join(to, entry), 0o644);
          copied += 1;
          if (classifyName(name) !== undefined) assets += 1;
        } else {
          leftOut.push(entry);
        }
      } catch (error) {
        if (error instanceof RangeError) throw error;
        leftOut.push(entry);
      }
    }
  }
  await copyInto('');
  return { copied, assets, leftOut };
}

/** True when `addRemark` knows how to change a file of this name. */
export function canTakeRemark(path: string): boolean {
  return /\.(jpe?g|png)$/i.test(path);
}

/** Adds a comment to a JPEG or PNG: other bytes, same picture. */
export async function addRemark(file: string, remark: string): Promise<void> {
  const content = await readFile(file);
  await writeFile(file, /\.png$/i.test(file) ? addPngText(content, remark) : addJpegComment(content, remark));
}

/** Gives a file another name in its folder and returns the new path; never overwrites. */
export async function renameBeside(root: string, path: string): Promise<string> {
  const extension = extname(path);
  const target = await findFreePath(
    root,
    join(dirname(path), `${basename(path, extension)}-renamed${extension}`),
  );
  await rename(join(root, path), join(root, target));
  return target;
}

/** Writes a GIF under the name of a PNG and returns its path; never overwrites. */
export async function addBrokenPng(root: string, folder: string): Promise<string> {
  const path = await findFreePath(root, join(folder, 'broken.png'));
  await writeFile(join(root, path), Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'));
  return path;
}

async function findFreePath(root: string, path: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const extension = extname(path);
    const candidate = count === 1 ? path : `${path.slice(0, -extension.length)}-${count}${extension}`;
    const taken = await stat(join(root, candidate)).then(
      () => true,
      () => false,
    );
    if (!taken) return candidate;
  }
}

function addJpegComment(content: Buffer, remark: string): Buffer {
  const text = Buffer.from(remark);
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  // An APP0 or APP1 segment must stay the first one, so the comment goes in after it.
  const at = content[2] === 0xff && (content[3] ?? 0) >> 4 === 0xe ? 4 + content.readUInt16BE(4) : 2;
  return Buffer.concat([content.subarray(0, at), head, text, content.subarray(at)]);
}

function addPngText(content: Buffer, remark: string): Buffer {
  const body = Buffer.from(`tEXtComment\0${remark}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  // Signature and header chunk take the first 33 bytes of every PNG.
  return Buffer.concat([content.subarray(0, 33), chunk, content.subarray(33)]);
}
