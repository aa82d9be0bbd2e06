// What is found out about one file, on real files.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AssetType } from '../../src/assets/asset-type.ts';
import type { Candidate, Unusable } from '../../src/assets/discover.ts';
import {
  applyJudgement,
  type Asset,
  hashContent,
  judgeContent,
  type MediaChecks,
} from '../../src/assets/judge.ts';
import { ContentChanged, OpenFile } from '../../src/files/open-file.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';

import { makeJpeg, makeMp4, makePdf, makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { makeFifo } from '../support/fifo.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function makeCandidate(t: TestContext, name: string, bytes: Uint8Array, type: AssetType): Candidate {
  return { path: name, type, file: join(makeFolder(t, { [name]: bytes }), name), isLink: false };
}

async function judgeWhole(candidate: Candidate, checks: MediaChecks): Promise<Asset | Unusable> {
  return applyJudgement(candidate, await judgeContent(candidate, checks));
}

function assertAsset(result: Asset | Unusable): asserts result is Asset {
  assert.ok('sha256' in result, 'reason' in result ? result.reason : '');
}

async function judge(candidate: Candidate, checks: MediaChecks = 'error'): Promise<Asset> {
  const result = await judgeWhole(candidate, checks);
  assertAsset(result);
  return result;
}

describe('a good file', () => {
  const rows: readonly (readonly [name: string, bytes: Buffer, type: AssetType])[] = [
    ['a.png', makePng('x'), 'image/png'],
    ['a.jpeg', makeJpeg('x'), 'image/jpeg'],
    ['a.mp4', makeMp4('x'), 'video/mp4'],
    ['a.pdf', makePdf('x'), 'application/pdf'],
    ['large.png', makePng('x', 700_000), 'image/png'],
  ];
  for (const [name, bytes, type] of rows) {
    it(`${name} is hashed and looked into`, async (t) => {
      const candidate = makeCandidate(t, name, bytes, type);
      const { facts, ...asset } = await judge(candidate);
      assert.deepEqual(asset, {
        ...candidate,
        sha256: hashOf(bytes),
        size: bytes.length,
        isLfsPointer: false,
        findings: [],
      });
      assert.notEqual(facts, undefined);
    });
  }
});

describe('what always rejects', () => {
  const rows: readonly (readonly [name: string, bytes: string | Buffer, type: AssetType, message: RegExp])[] =
    [
      ['empty.png', '', 'image/png', /^the file is empty; WhatsApp needs a real sample$/],
      [
        'a.png',
        makeJpeg('x'),
        'image/png',
        /^the name says \.png, but the content is another: JPEG picture; export the PNG picture again$/,
      ],
      [
        'a.JPG',
        makePng('x'),
        'image/jpeg',
        /^the name says \.JPG, but the content is another: PNG picture; export the JPEG picture again$/,
      ],
      ['a.mp4', makePdf('x'), 'video/mp4', /^the name says \.mp4, but the content is another: PDF document/],
      ['a.pdf', '<html>', 'application/pdf', /^the name says \.pdf, but the content is another: /],
      ['a.png', 'version https://git-lfs.github.com/spec/v1\n', 'image/png', /^the name says \.png, but/],
    ];
  for (const [name, bytes, type, message] of rows) {
    for (const checks of ['error', 'warn', 'off'] as const) {
      it(`${name} with ${message.source.slice(0, 45)} in ${checks}`, async (t) => {
        const { findings } = await judge(makeCandidate(t, name, Buffer.from(bytes), type), checks);
        assert.deepEqual(
          findings.map(({ level }) => level),
          ['error'],
        );
        assert.match(findings[0]?.message ?? '', message);
      });
    }
  }
});

describe('media-checks', () => {
  const cut = makePng('x').subarray(0, -20);
  const levels = { error: ['error'], warn: ['warning'], off: [] } as const;
  for (const checks of ['error', 'warn', 'off'] as const) {
    it(`${checks} on a truncated picture`, async (t) => {
      const { findings, facts } = await judge(makeCandidate(t, 'a.png', cut, 'image/png'), checks);
      assert.deepEqual(
        findings.map(({ level }) => level),
        levels[checks],
      );
      assert.equal(facts === undefined, checks === 'off');
    });
  }
});

describe('Git LFS pointers', () => {
  it('stand for their content, which is not judged', async (t) => {
    const pointer = { sha256: hashOf(makePng('x')), size: 12_345 };
    const candidate = makeCandidate(t, 'a.png', Buffer.from(formatLfsPointer(pointer)), 'image/png');
    assert.deepEqual(await judge(candidate), { ...candidate, ...pointer, isLfsPointer: true, findings: [] });
  });
});

describe('files that changed their nature meanwhile', () => {
  const rows: readonly (readonly [name: string, replace: (file: string) => void, reason: RegExp])[] = [
    ['gone', () => undefined, /^it cannot be read: .*ENOENT/],
    ['a folder', (file) => mkdirSync(file), /^it cannot be read: it is not a regular file$/],
    ['a FIFO', (file) => makeFifo(file), /^it cannot be read: it is not a regular file$/],
    ['a device', (file) => symlinkSync('/dev/zero', file), /^it cannot be read: .*ELOOP/],
    ['a link to a secret', (file) => symlinkSync('/etc/passwd', file), /^it cannot be read: .*ELOOP/],
    [
      'behind a linked folder',
      (file) => {
        mkdirSync(join(file, '../../elsewhere'));
        writeFileSync(join(file, '../../elsewhere/a.png'), makePng('loot'));
        symlinkSync('elsewhere', join(file, '..'));
      },
      /^it cannot be read: a folder on the way to it is no longer what it was$/,
    ],
    ['below a file', (file) => writeFileSync(join(file, '..'), ''), /^it cannot be read: .*ENOTDIR/],
  ];
  for (const [name, replace, reason] of rows) {
    it(name, async (t) => {
      const folder = makeFolder(t);
      const path = /^(?:below|behind)/.test(name) ? 'sub/a.png' : 'a.png';
      replace(join(folder, path));
      const candidate: Candidate = { path, type: 'image/png', file: join(folder, path), isLink: false };
      const result = await judgeWhole(candidate, 'error');
      assert.ok('reason' in result);
      assert.equal(result.path, path);
      assert.match(result.reason, reason);
    });
  }
});

describe('a file whose size is not what it was', () => {
  const never = new AbortController().signal;

  it('is read to the size that it had, and no further', async (t) => {
    for (const size of [10, 300_000]) {
      const bytes = Buffer.alloc(size, 'a');
      const path = join(makeFolder(t, { a: bytes }), 'a');
      using file = new OpenFile(path);
      appendFileSync(path, 'more');
      assert.equal((await hashContent(file, never)).sha256, hashOf(bytes));
      truncateSync(path, size - 1);
      await assert.rejects(hashContent(file, never), ContentChanged);
    }
  });

  it('is not read when it is over every limit, unless no limit counts', async (t) => {
    const candidate = makeCandidate(t, 'a.pdf', Buffer.from(''), 'application/pdf');
    truncateSync(candidate.file, 100 * 1024 * 1024 + 1);
    assert.deepEqual(await judgeWhole(candidate, 'error'), {
      path: 'a.pdf',
      reason:
        'it has 100.0 MB; WhatsApp takes images of up to 5 MB, videos of up to 16 MB and PDFs of up to 100 MB',
    });
    const { size, findings } = await judge(candidate, 'warn');
    assert.equal(size, 100 * 1024 * 1024 + 1);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['type'],
    );
    truncateSync(candidate.file, 100 * 1024 * 1024);
    assertAsset(await judgeWhole(candidate, 'error'));
  });

  it('is left when the run is cancelled, however large it is', async (t) => {
    const candidate = makeCandidate(t, 'a.pdf', Buffer.from(''), 'application/pdf');
    // To read it all would take hours.
    truncateSync(candidate.file, 2 ** 42);
    const ending = new AbortController();
    setImmediate(() => ending.abort(new Error('enough')));
    await assert.rejects(judgeContent(candidate, 'off', ending.signal), /^Error: enough$/);
  });
});
