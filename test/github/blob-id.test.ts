import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { computeBlobId, isJudgedFile } from '../../src/github/blob-id.ts';
import { GitRepository } from '../github-api/git-repository.ts';
import { sha256 } from './setting.ts';

test('ids are git’s own', async () => {
  const repository = await GitRepository.create();
  try {
    for (const content of ['', 'text\n', 'ümläut', 'x'.repeat(100_000)]) {
      assert.equal(computeBlobId(content), await repository.run(['hash-object', '--stdin'], content));
    }
  } finally {
    await repository.remove();
  }
});

describe('isJudgedFile', () => {
  test('reads files of any length, and gives up with the signal', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blob-id-'));
    try {
      const file = join(folder, 'large.bin');
      // More than two chunks, and not a whole number of them.
      const content = 'abc'.repeat(900_000);
      await writeFile(file, content);
      const judged = { file, sha256: sha256(content), size: content.length };
      const blob = { oid: computeBlobId(content), size: content.length };
      assert.equal(await isJudgedFile(blob, judged, new AbortController().signal), true);
      assert.equal(
        await isJudgedFile({ ...blob, oid: '0'.repeat(40) }, judged, new AbortController().signal),
        false,
      );
      await assert.rejects(isJudgedFile(blob, judged, AbortSignal.abort(new Error('enough'))), {
        message: 'enough',
      });
      await rm(file);
      assert.equal(await isJudgedFile(blob, judged, new AbortController().signal), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('reads no link and waits for no FIFO in the place of the file', { timeout: 10_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blob-id-'));
    try {
      const signal = new AbortController().signal;
      const blob = { oid: computeBlobId('picture'), size: 7 };
      const judged = { sha256: sha256('picture'), size: 7 };
      await writeFile(join(folder, 'file'), 'picture');
      await symlink('file', join(folder, 'link'));
      execFileSync('mkfifo', [join(folder, 'fifo')]);
      const verdicts = ['file', 'link', 'fifo'].map(
        async (name) => await isJudgedFile(blob, { ...judged, file: join(folder, name) }, signal),
      );
      assert.deepEqual(await Promise.all(verdicts), [true, false, false]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('takes a link that is there no longer for no link', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blob-id-'));
    try {
      const [file, link] = [join(folder, 'a.png'), join(folder, 'link.png')];
      await writeFile(file, 'abc');
      await symlink('a.png', link);
      const judged = { file, sha256: sha256('abc'), size: 3, link };
      const { signal } = new AbortController();
      const isLink = async () => await isJudgedFile({ oid: computeBlobId('a.png'), size: 5 }, judged, signal);
      assert.equal(await isLink(), true);
      await rm(link);
      assert.equal(await isLink(), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
