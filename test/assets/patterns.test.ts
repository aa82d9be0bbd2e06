// Pattern lines as text, and what they match: values only. test/assets/discover.test.ts has the same on real folders.
import assert from 'node:assert/strict';
import { join, posix, win32 } from 'node:path';
import { describe, it } from 'node:test';
import * as glob from '@actions/glob';
import fc from 'fast-check';
import { triesOf } from '../support/extent.ts';
import { isExclusion, makeRelative, Patterns, splitPatterns } from '../../src/assets/patterns.ts';

describe('splitPatterns', () => {
  it('drops comments, empty lines and blanks', () => {
    assert.deepEqual(splitPatterns('a\r\n\n  # b\n  !c \r./#d'), ['a', '!c', './#d']);
  });
});

describe('isExclusion', () => {
  const rows: readonly (readonly [line: string, excludes: boolean])[] = [
    ['a', false],
    ['!a', true],
    ['!!a', false],
    ['! ! !a', true],
    ['a!', false],
  ];
  for (const [line, excludes] of rows) it(line, () => assert.equal(isExclusion(line), excludes));
});

describe('makeRelative', () => {
  const rows: readonly (readonly [string, readonly string[], string | undefined, typeof posix])[] = [
    ['/repo/whatsapp/**', ['/repo'], 'whatsapp/**', posix],
    ['/real/whatsapp/**', ['/repo', '/real'], 'whatsapp/**', posix],
    ['! /repo/whatsapp', ['/repo'], '! whatsapp', posix],
    ['/repo', ['/repo'], '.', posix],
    ['/repo/', ['/repo'], '.', posix],
    ['/repo//a', ['/repo'], 'a', posix],
    ['/a', ['/'], 'a', posix],
    ['/repo/#1/a.png', ['/repo'], './#1/a.png', posix],
    ['/repo/!new/*', ['/repo'], './!new/*', posix],
    ['/repo/ a/*', ['/repo'], './ a/*', posix],
    ['/repo-evil/**', ['/repo'], undefined, posix],
    ['/Repo/**', ['/repo'], undefined, posix],
    ['/repo\\a', ['/repo'], undefined, posix],
    ['D:\\a\\repo\\whatsapp\\**', ['D:\\a\\repo'], 'whatsapp\\**', win32],
    ['D:\\a\\repo/whatsapp/**', ['D:\\a\\repo'], 'whatsapp/**', win32],
    ['D:/a/repo/whatsapp/**', ['D:\\a\\repo'], 'whatsapp/**', win32],
    ['d:\\A\\Repo\\Whatsapp\\**', ['D:\\a\\repo'], 'Whatsapp\\**', win32],
    ['D:\\whatsapp', ['D:\\'], 'whatsapp', win32],
    ['D:\\a\\repo2\\**', ['D:\\a\\repo'], undefined, win32],
    ['C:\\a\\repo\\**', ['D:\\a\\repo'], undefined, win32],
    ['\\\\host\\share\\a', ['\\\\host\\share'], 'a', win32],
  ];
  for (const [line, roots, expected, paths] of rows) {
    it(`${line} under ${roots}`, () => assert.equal(makeRelative(line, roots, paths), expected));
  }

  const lines: readonly (readonly [line: string, onPosix: boolean, onWindows: boolean])[] = [
    ['a/b', true, true],
    ['./a', true, true],
    ['!**', true, true],
    ['C:a', true, false],
    ['c:/a', true, false],
    ['\\a', true, false],
    ['a:b', true, false],
  ];
  for (const [line, onPosix, onWindows] of lines) {
    it(`leaves ${line} alone where it is relative`, () => {
      assert.equal(makeRelative(line, ['/repo'], posix), onPosix ? line : undefined);
      assert.equal(makeRelative(line, ['D:\\repo'], win32), onWindows ? line : undefined);
    });
  }
});

describe('Patterns', () => {
  it('names the literal beginnings of what is included, wherever the process is', async () => {
    const lines = ['a/b/*.png', './c.png', 'a/*', '!d/*', '[[]e]/**'];
    assert.deepEqual((await Patterns.compile(lines)).searchPaths.toSorted(), ['[e]', 'a', 'c.png']);
    assert.deepEqual((await Patterns.compile(['**'])).searchPaths, ['']);
  });

  it('begins a search, and compares names, as the disk spells what lines begin with', async () => {
    const spell = (path: string): string => path.replace(/^whatsapp/i, 'whatsapp');
    const lines = ['WhatsApp/**/*.png', '!WHATSAPP/Draft/**', 'other/[Ww]hatsApp/*'];
    const patterns = await Patterns.compile(lines, spell);
    assert.deepEqual(patterns.searchPaths.toSorted(), ['other', 'whatsapp']);
    assert.ok(patterns.matches('whatsapp/x/a.png'));
    assert.ok(!patterns.matches('whatsapp/Draft/a.png'));
    assert.ok(patterns.matches('whatsapp/draft/a.png'));
    assert.deepEqual(patterns.listUnmatched(), ['other/[Ww]hatsApp/*']);
  });

  it('matches nothing in node_modules unless a line names it, and else what it matches without', async () => {
    const name = fc.constantFrom('a', 'b', 'node_modules', 'c.png');
    const segment = fc.oneof(name, fc.constantFrom('*', '**', 'node_*', '?*', '[n]ode_modules'));
    const line = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const counts = { named: 0, left: 0 };
    await fc.assert(
      fc.asyncProperty(
        line,
        fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/')),
        async (text, path) => {
          const isNamed = text.split('/').includes('node_modules');
          const isInside = path.split('/').slice(0, -1).includes('node_modules');
          const matched = (await Patterns.compile([text])).matches(path);
          const stock = (await openStock(text))(path);
          assert.equal(matched, stock && (isNamed || !isInside), `${text} and ${path}`);
          if (stock && isInside) counts[isNamed ? 'named' : 'left'] += 1;
        },
      ),
      { seed: 18, numRuns: triesOf(2000) },
    );
    assert.ok(Math.min(counts.named, counts.left) > 5, JSON.stringify(counts));
  });

  const sets: readonly (readonly [pattern: string, matched: string, others: string])[] = [
    ['[a-c]', 'a b c', 'd A - ]'],
    ['[!a-c]', 'd - ]', 'a b c'],
    ['[^a]', 'b ^', 'a'],
    ['[]a]', '] a', 'b'],
    ['[!]a]', 'b !', '] a'],
    ['[a-]', 'a -', 'b'],
    ['[z-a]', '', 'a z -'],
    ['[\\]\\-b]', '] - b', '\\ a'],
    ['[[:digit:]x]', '7 x', 'a : ['],
    ['[![:alpha:]]', '7 _', 'a é'],
    ['[[:graph:]]', 'a 7', '\u00a0'],
    ['[[:other:]]', ':] [] t]', 'o ]'],
    ['[a', '[a', 'a ['],
    ['[!]', '[!]', '! a'],
    ['a\\', 'a\\', 'a'],
    ['\\*', '*', 'a \\*'],
  ];
  for (const [pattern, matched, others] of sets) {
    it(`${pattern} is the set that @actions/glob takes it for`, async () => {
      const patterns = await Patterns.compile([pattern]);
      const matchStock = await openStock(pattern);
      for (const name of matched.split(' ').filter(Boolean)) {
        assert.ok(patterns.matches(name), name);
        assert.ok(matchStock(name), `stock: ${name}`);
      }
      for (const name of others.split(' ')) {
        assert.ok(!patterns.matches(name), name);
        assert.ok(!matchStock(name), `stock: ${name}`);
      }
    });
  }

  // @actions/glob throws at these.
  for (const [pattern, matched, other] of [
    ['a-[[:digit:]].png', 'a-1.png', 'a-b.png'],
    ['x #/[[:alpha:]]-*', 'x #/b-1', 'x #/1-b'],
    ['x/[![:upper:]] -', 'x/a -', 'x/A -'],
  ] as const)
    it(`${pattern} means what it says`, async () => {
      const patterns = await Patterns.compile([pattern]);
      assert.ok(patterns.matches(matched));
      assert.ok(!patterns.matches(other));
    });

  it('matches what @actions/glob matches, for any names and signs', async () => {
    const signs = fc.constantFrom(
      'a',
      'b',
      '.',
      '*',
      '**',
      '?',
      '[',
      ']',
      '!',
      '-',
      '\\',
      '[ab]',
      '[!a]',
      '^',
      '{',
      '}',
    );
    const segment = fc.array(signs, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const pattern = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => `x/${segments.join('/')}`)
      .filter((text) => !/(?:^|\/)(?:\\?\.|\[\.\]){1,2}(?:\/|$)/.test(text) && !text.endsWith('\\'));
    const name = fc.array(fc.constantFrom('a', 'b', '.', '-', ']', '!', '*'), { minLength: 1, maxLength: 4 });
    const path = fc
      .array(
        name.map((parts) => parts.join('')).filter((text) => text !== '.' && text !== '..'),
        { minLength: 1, maxLength: 4 },
      )
      .map((names) => `x/${names.join('/')}`);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(pattern, fc.array(path, { minLength: 20, maxLength: 20 }), async (text, paths) => {
        const patterns = await Patterns.compile([text]);
        const matchStock = await openStock(text);
        for (const each of paths) {
          const expected = matchStock(each);
          assert.equal(patterns.matches(each), expected, `${text} and ${each}`);
          if (expected) count += 1;
        }
      }),
      { seed: 6, numRuns: 2000 },
    );
    assert.ok(count > 400, `only ${count} matched`);
  });

  it('takes no longer for many stars', async () => {
    const patterns = await Patterns.compile([`${'*a'.repeat(3000)}b`, `${'**/*a/'.repeat(500)}b`]);
    assert.equal(patterns.matches(`${'a'.repeat(250)}c`), false);
    assert.equal(patterns.matches(`${'a/'.repeat(1000)}c`), false);
    assert.equal(patterns.matches(`${'a/'.repeat(1000)}b`), true);
  });
});

interface StockPattern {
  match(path: string): number;
}

/** Whether the stock globber takes a path for a file of a line, by what it keeps inside. */
async function openStock(line: string): Promise<(path: string) => boolean> {
  const globber = await glob.create([line, `${line}/**/*`].join('\n'));
  assert.ok('patterns' in globber && Array.isArray(globber.patterns));
  const patterns: readonly StockPattern[] = globber.patterns;
  // Match kinds are bits: 2 stands for a file.
  return (path) => patterns.some((pattern) => (pattern.match(join(process.cwd(), path)) & 2) !== 0);
}
