// What the patterns find, on real folders; and that the matching is @actions/glob's.
import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import * as glob from '@actions/glob';
import fc from 'fast-check';
import {
  discoverAssets,
  type DiscoverOptions,
  type Discovery,
  findCollisions,
} from '../../src/assets/discover.ts';
import { makeFolder, writeFiles } from '../support/temporary-folder.ts';
import { triesOf } from '../support/extent.ts';
import { withoutLinux } from '../support/platform.ts';
import { makeFifo } from '../support/fifo.ts';

async function discover(
  root: string,
  patterns: readonly string[],
  options: Partial<DiscoverOptions> = {},
): Promise<Discovery> {
  const { signal } = new AbortController();
  return await discoverAssets({
    root,
    patterns,
    includeHiddenFiles: false,
    ownPaths: [],
    signal,
    ...options,
  });
}

const pathsOf = (found: readonly { readonly path: string }[]): readonly string[] =>
  found.map(({ path }) => path);

/** A folder with these empty files. */
function makeFiles(t: TestContext, paths: readonly string[]): string {
  return makeFolder(t, Object.fromEntries(paths.map((path) => [path, ''])));
}

describe('patterns', () => {
  const files = ['a.png', 'b.JPG', 'x/a.png', 'x/y/b.pdf', 'x/y/c.mp4', 'z/a.png', 'x/README.md'];
  const rows: readonly (readonly [name: string, patterns: readonly string[], paths: readonly string[]])[] = [
    ['a plain path', ['x/a.png'], ['x/a.png']],
    ['one star', ['*.png'], ['a.png']],
    ['a star within', ['*/a.png'], ['x/a.png', 'z/a.png']],
    ['two stars', ['**/a.png'], ['a.png', 'x/a.png', 'z/a.png']],
    ['a question mark and a set', ['[ab].???'], ['a.png', 'b.JPG']],
    ['matching minds the case', ['*.jpg'], []],
    ['a folder stands for all below it', ['x'], ['x/a.png', 'x/y/b.pdf', 'x/y/c.mp4']],
    ['a folder with a slash as well', ['x/'], ['x/a.png', 'x/y/b.pdf', 'x/y/c.mp4']],
    ['a matched folder as well', ['*/y'], ['x/y/b.pdf', 'x/y/c.mp4']],
    ['the root', ['.'], ['a.png', 'b.JPG', 'x/a.png', 'x/y/b.pdf', 'x/y/c.mp4', 'z/a.png']],
    ['a leading ./', ['./x/*.png'], ['x/a.png']],
    ['an exclusion', ['**/*.png', '!x/**'], ['a.png', 'z/a.png']],
    ['an excluded folder', ['**/*.png', '!x'], ['a.png', 'z/a.png']],
    ['the last match wins', ['**/*.png', '!**/a.png', 'x/a.png'], ['x/a.png']],
    ['an exclusion before', ['!x/**', '**/*.png'], ['a.png', 'x/a.png', 'z/a.png']],
    ['a double exclusion includes', ['!!*.png'], ['a.png']],
    ['overlapping search paths', ['x/**', 'x/y/**', '**/b.pdf'], ['x/a.png', 'x/y/b.pdf', 'x/y/c.mp4']],
    ['an escaped star', ['\\*.png'], []],
    ['an absent folder', ['absent/**'], []],
  ];
  for (const [name, patterns, paths] of rows) {
    it(name, async (t) =>
      assert.deepEqual(pathsOf((await discover(makeFiles(t, files), patterns)).candidates), paths),
    );
  }

  it('special characters in names can be escaped', async (t) => {
    const root = makeFiles(t, ['[a].png', 'a*.png', '#a.png', '!a.png', '{a,b}.png', 'a.png']);
    const find = async (...patterns: string[]): Promise<readonly string[]> =>
      pathsOf((await discover(root, patterns)).candidates);
    assert.deepEqual(await find('[[]a].png'), ['[a].png']);
    assert.deepEqual(await find('a\\*.png'), ['a*.png']);
    assert.deepEqual(await find('./#a.png'), ['#a.png']);
    assert.deepEqual(await find('./!a.png'), ['!a.png']);
    assert.deepEqual(await find('{a,b}.png'), ['{a,b}.png']);
    assert.deepEqual(await find('*', '!#a.png'), ['!a.png', '[a].png', 'a*.png', 'a.png', '{a,b}.png']);
  });

  it('a root with special characters in its name is no pattern', async (t) => {
    const root = makeFiles(t, ['r[a]*?{}\\!#/x/a.png', 'ra/x/a.png']);
    const { candidates } = await discover(join(root, 'r[a]*?{}\\!#'), ['x/*.png', '**/*.png']);
    assert.deepEqual(pathsOf(candidates), ['x/a.png']);
  });
});

describe('warnings for patterns', () => {
  it('one for each positive line that matches no file, before exclusions', async (t) => {
    const root = makeFiles(t, ['a.png', 'b/c.png', 'd.txt', 'e/f.png']);
    const patterns = ['a.png', '*.jpg', 'b/**', '!b/**', '!absent', '*.{png,jpg}', 'd.txt', 'b/*.png', 'e'];
    assert.deepEqual((await discover(root, patterns)).warnings, [
      'The pattern "*.jpg" matches no file.',
      'The pattern "*.{png,jpg}" matches no file. Braces are not expanded: write one line per extension.',
    ]);
  });

  it('say so where only the letter case is another', async (t) => {
    const root = makeFiles(t, ['whatsapp/Promo/b.PNG', 'whatsapp/Promo/a.PNG', 'x.txt']);
    const says = async (pattern: string): Promise<string> =>
      (await discover(root, [pattern])).warnings[0]?.replace(/^.* matches no file\. ?/, '') ?? '';
    const hint = (path: string): string => `Letter case counts, and ${path} is spelled otherwise.`;
    const first = 'whatsapp/Promo/a.PNG';
    if (!existsSync(join(root, 'WHATSAPP')))
      for (const pattern of ['WhatsApp/**', 'whatsapp/promo', 'WHATSAPP/PROMO/A.PNG'])
        assert.equal(await says(pattern), hint(first), pattern);
    assert.equal(await says('**/*.png'), hint(first));
    assert.equal(
      await says('X.[T]XT'),
      '`[…]` stands for one of the signs in it: write `[[]` for the bracket of a name.',
    );
    assert.equal(await says('whatsap/**'), '');
  });

  it('do not take a linked folder for one in another letter case', async (t) => {
    const root = makeFiles(t, ['real/a.png']);
    symlinkSync('real', join(root, 'linked'));
    assert.deepEqual((await discover(root, ['linked/*.png'])).warnings, [
      'The pattern "linked/*.png" matches no file.',
    ]);
  });

  it('a folder without files is no match', async (t) => {
    const root = makeFiles(t, ['a.png']);
    mkdirSync(join(root, 'empty'));
    assert.deepEqual((await discover(root, ['empty', 'a.png'])).warnings, [
      'The pattern "empty" matches no file.',
    ]);
  });

  it('hidden files that are left out do not count', async (t) => {
    const root = makeFiles(t, ['.hidden/a.png']);
    assert.equal((await discover(root, ['**/*.png'])).warnings.length, 1);
    assert.equal((await discover(root, ['**/*.png'], { includeHiddenFiles: true })).warnings.length, 0);
  });

  it('are harmless in the log', async (t) => {
    const { warnings } = await discover(makeFiles(t, []), ['\u202e::x##[error]']);
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]?.startsWith('The pattern "\\u202e::x##\\[error]" matches no file.'), warnings[0]);
  });
});

describe('folders called node_modules', () => {
  const files = [
    'a.png',
    'node_modules/p/a.png',
    'node_modules/p/node_modules/q/a.png',
    'x/node_modules/p/a.png',
  ];
  const [own = '', top = '', nested = '', deep = ''] = files;
  const rows: readonly (readonly [patterns: readonly string[], paths: readonly string[]])[] = [
    [['**/*.png'], [own]],
    [['**'], [own]],
    [['x'], []],
    [['*/*/a.png', '[n]ode_modules/**'], []],
    [['node_modules/p/*.png'], [top]],
    [['node_modules'], [top, nested]],
    [
      ['**/*.png', 'node_modules/p/*.png'],
      [own, top],
    ],
    [['**/node_modules/p/*.png'], [top, deep]],
    [['**/*.png', '!node_modules/**'], [own]],
    [['node_modules/**', '!**/q/**'], [top]],
  ];
  for (const [patterns, paths] of rows) {
    it(`are entered only where a pattern names one: ${patterns.join(', ')}`, async (t) => {
      assert.deepEqual(pathsOf((await discover(makeFiles(t, files), patterns)).candidates), paths);
    });
  }
});

describe('hidden files', () => {
  const files = ['.a.png', '.b/c.png', 'd/.e/f.png', 'd/.g.png', 'h.png', '.b/i/j.png'];
  const rows: readonly (readonly [
    patterns: readonly string[],
    without: readonly string[],
    included: readonly string[],
  ])[] = [
    [['**/*.png'], ['h.png'], ['.a.png', '.b/c.png', '.b/i/j.png', 'd/.e/f.png', 'd/.g.png', 'h.png']],
    [['.a.png'], [], ['.a.png']],
    [['.b'], [], ['.b/c.png', '.b/i/j.png']],
    [['.b/*.png'], [], ['.b/c.png']],
    // As in actions/upload-artifact: only the name at which the search begins is judged, not the way to it.
    [['.b/i/*.png'], ['.b/i/j.png'], ['.b/i/j.png']],
    [['.b/c.png'], ['.b/c.png'], ['.b/c.png']],
    [['d/.g.png', 'd/.e/f.png'], ['d/.e/f.png'], ['d/.e/f.png', 'd/.g.png']],
  ];
  for (const [patterns, without, included] of rows) {
    it(patterns.join(' '), async (t) => {
      const root = makeFiles(t, files);
      assert.deepEqual(pathsOf((await discover(root, patterns)).candidates), without);
      const options = { includeHiddenFiles: true };
      assert.deepEqual(pathsOf((await discover(root, patterns, options)).candidates), included);
    });
  }
});

describe('what is no asset', () => {
  it('the manifest, the report and everything under .git', async (t) => {
    const root = makeFiles(t, [
      'a.png',
      'm.png',
      'r/r.pdf',
      '.git/x.png',
      'b/.git/x.png',
      '.GIT/y.png',
      '.github/z.png',
    ]);
    const { candidates, skipped } = await discover(root, ['**', '.git/**', '.git/x.png', 'b/.git/x.png'], {
      includeHiddenFiles: true,
      ownPaths: ['m.png', 'r/r.pdf'],
    });
    assert.deepEqual(pathsOf(candidates), ['.github/z.png', 'a.png']);
    assert.deepEqual(skipped, []);
  });

  it('other media are unusable with the advice to convert; the rest is counted', async (t) => {
    const root = makeFiles(t, [
      'a.gif',
      'b.MOV',
      'c.docx',
      'd.mp3',
      'README.md',
      'x/template.json',
      'Makefile',
    ]);
    const { candidates, unusable, skipped } = await discover(root, ['**']);
    assert.deepEqual(candidates, []);
    assert.deepEqual(
      skipped,
      ['Makefile', 'README.md', 'x/template.json'].map((path) => ({ path, what: '' })),
    );
    const advice = (text: string): string => `files are not accepted in template headers: ${text}`;
    assert.deepEqual(unusable, [
      { path: 'a.gif', reason: `.gif ${advice('convert it to .jpg or .png')}` },
      {
        path: 'b.MOV',
        reason: `.mov ${advice('convert it to .mp4 (H.264 and AAC)')}`,
      },
      { path: 'c.docx', reason: `.docx ${advice('convert it to .pdf')}` },
      {
        path: 'd.mp3',
        reason: `.mp3 ${advice('template headers take no audio; use a video (.mp4)')}`,
      },
    ]);
  });

  it('what is not a regular file is counted and never opened', async (t) => {
    const root = makeFiles(t, ['a.png']);
    makeFifo(join(root, 'fifo.png'));
    symlinkSync('/dev/zero', join(root, 'device.png'));
    symlinkSync('fifo.png', join(root, 'to-fifo.png'));
    symlinkSync('nowhere', join(root, 'broken.png'));
    symlinkSync('loop.png', join(root, 'loop.png'));
    mkdirSync(join(root, 'folder.png'));
    const found = await discover(root, ['**/*.png']);
    assert.deepEqual(pathsOf(found.candidates), ['a.png']);
    assert.deepEqual(found.unusable, []);
    assert.deepEqual(found.skipped, [
      { path: 'broken.png', what: 'Links that lead nowhere' },
      { path: 'device.png', what: 'No regular files' },
      { path: 'fifo.png', what: 'No regular files' },
      { path: 'loop.png', what: 'Links that lead nowhere' },
      { path: 'to-fifo.png', what: 'No regular files' },
    ]);
  });
});

describe('links', () => {
  it('a linked file is judged by where it really lies', async (t) => {
    const folder = makeFiles(t, ['repo/real/a.png', 'repo/.git/b.png', 'outside/c.png', 'repo-evil/d.png']);
    const root = join(folder, 'repo');
    symlinkSync('real/a.png', join(root, 'inside.png'));
    symlinkSync('inside.png', join(root, 'twice.png'));
    symlinkSync('real/a.png', join(root, 'other.gif'));
    symlinkSync('.git/b.png', join(root, 'git.png'));
    symlinkSync('../outside/c.png', join(root, 'outside.png'));
    symlinkSync(join(folder, 'repo-evil/d.png'), join(root, 'sibling.png'));
    symlinkSync('/etc/passwd', join(root, 'passwd.pdf'));
    const found = await discover(root, ['*.*']);
    const file = join(root, 'real/a.png');
    assert.deepEqual(found.candidates, [
      { path: 'inside.png', type: 'image/png', file, isLink: true },
      { path: 'twice.png', type: 'image/png', file, isLink: true },
    ]);
    const outside = 'it is a link to a file outside the repository';
    assert.deepEqual(found.unusable, [
      { path: 'git.png', reason: 'it is a link to a file inside .git' },
      {
        path: 'other.gif',
        reason: '.gif files are not accepted in template headers: convert it to .jpg or .png',
      },
      { path: 'outside.png', reason: outside },
      { path: 'passwd.pdf', reason: outside },
      { path: 'sibling.png', reason: outside },
    ]);
  });

  it('linked folders are not entered, by no way', async (t) => {
    const folder = makeFiles(t, ['repo/real/x/a.png', 'outside/x/b.png']);
    const root = join(folder, 'repo');
    symlinkSync('real', join(root, 'inside'));
    symlinkSync('../outside', join(root, 'outside'));
    symlinkSync('.', join(root, 'self'));
    symlinkSync('..', join(root, 'real/up'));
    const patterns = [
      '**/*.png',
      'inside/**',
      'inside/x/a.png',
      'outside/x/*.png',
      'outside/x/b.png',
      'self/self/**',
    ];
    const { candidates, skipped } = await discover(root, patterns);
    assert.deepEqual(pathsOf(candidates), ['real/x/a.png']);
    const what = 'Linked folders, which are not entered';
    assert.deepEqual(
      skipped,
      ['inside', 'outside', 'real/up', 'self'].map((path) => ({ path, what })),
    );
    // Alone, a pattern is searched from its own literal beginning.
    for (const pattern of patterns.slice(1))
      assert.deepEqual(
        (({ candidates, skipped }) => [candidates, pathsOf(skipped)])(await discover(root, [pattern])),
        [[], [pattern.split('/')[0]]],
        pattern,
      );
  });

  it('a linked folder with the name of an asset is skipped', async (t) => {
    const root = makeFiles(t, ['real/a.png']);
    symlinkSync('real', join(root, 'folder.png'));
    const what = 'Linked folders, which are not entered';
    assert.deepEqual((await discover(root, ['*.png'])).skipped, [{ path: 'folder.png', what }]);
  });
});

describe('hostile names', () => {
  it('are paths like any other', { skip: withoutLinux }, async (t) => {
    const names = [
      '__proto__.png',
      'constructor.png',
      '::error::x.png',
      '::add-mask::x.png',
      '%0A.png',
      'a\nb.png',
      'a\rb.png',
      '"\'`|<img>.png',
      '![x](y).png',
      '\u202egnp.png',
      '👩‍👧.png',
      '-rf.png',
      '\\.png',
      '~.png',
      'é.png',
      'e\u0301.png',
      `${'x'.repeat(251)}.png`,
    ];
    const found = await discover(makeFiles(t, names), ['*.png']);
    assert.deepEqual(pathsOf(found.candidates), [...names].sort());
    assert.deepEqual(found.warnings, [
      'e\u0301.png and \u00e9.png differ only in letter case or Unicode normal form; some computers cannot keep both.',
    ]);
  });

  it('that are not UTF-8 are unusable, files and folders', { skip: withoutLinux }, async (t) => {
    const root = makeFiles(t, ['a.png', '\ufffd-real.png']);
    const raw = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
    writeFileSync(raw('caf\xe9.png'), '');
    mkdirSync(raw('folder\xff'));
    writeFileSync(raw('folder\xff/b.png'), '');
    // Node reads these names as those of others that exist.
    for (const name of ['twin\ufffd.png', 'twins\ufffd/c.png']) writeFiles(root, { [name]: '' });
    writeFileSync(raw('twin\xff.png'), '');
    mkdirSync(raw('twins\xff'));
    writeFileSync(raw('twins\xff/d.png'), '');
    const found = await discover(root, ['**/*.png']);
    assert.deepEqual(pathsOf(found.candidates), ['a.png', '\ufffd-real.png']);
    const reason = 'its name is not UTF-8; rename it';
    assert.deepEqual(found.unusable, [
      { path: 'caf\ufffd.png', reason },
      { path: 'folder\ufffd', reason },
      ...['twins\ufffd', 'twin\ufffd.png'].flatMap((path) => [path, path]).map((path) => ({ path, reason })),
    ]);
  });
});

describe('findCollisions', () => {
  const rows: readonly (readonly [name: string, paths: readonly string[], count: number])[] = [
    ['none', ['a.png', 'b.png', 'a/b.png'], 0],
    ['letter case', ['A.png', 'a.png'], 1],
    ['case of a folder', ['X/a.png', 'x/a.png'], 1],
    ['normal form', ['\u00e9.png', 'e\u0301.png'], 1],
    ['both', ['\u00c9.png', 'e\u0301.png'], 1],
    ['three', ['A.png', 'a.PNG', 'a.png'], 2],
  ];
  for (const [name, paths, count] of rows) {
    it(name, () => {
      const warnings = findCollisions(paths);
      assert.equal(warnings.length, count);
      for (const warning of warnings) assert.match(warning, / and .* differ only in letter case or Unicode/);
    });
  }
});

describe('discoverAssets', () => {
  it('stops when it is told to', async (t) => {
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(discover(makeFiles(t, ['a.png']), ['**'], { signal }), /^Error: enough$/);
  });

  it('finds what the stock globber finds of regular files, whatever the tree and the patterns', async (t) => {
    const root = makeFolder(t);
    // The stock globber takes the current directory for the root.
    const before = process.cwd();
    t.after(() => process.chdir(before));
    const name = fc.constantFrom(
      'a',
      'b',
      '.h',
      'a.png',
      'b.png',
      '.c.png',
      '#d.png',
      '[e].png',
      'x y.png',
      '!f.png',
    );
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const segment = fc.oneof(
      name,
      fc.constantFrom(
        '*',
        '**',
        '?',
        '*.png',
        '[ab]',
        '[ab].png',
        '[!a].png',
        'a*',
        '\\[e].png',
        '[[]e].png',
        '.*',
        '**.png',
        'a**',
        '[',
        'a.\\png',
      ),
    );
    const line = fc
      .tuple(
        fc.constantFrom('', '', '', '!', './', '!./', '!!', '! '),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '', '/'),
      )
      .map(([prefix, segments, suffix]) => `${prefix}${segments.join('/')}${suffix}`)
      // Such a line is a comment, or begins with a second "!" by accident of the name.
      .filter((text) => !text.startsWith('#'));
    let matched = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 4, maxLength: 12 }),
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (paths, lines, includeHiddenFiles) => {
          fc.pre(lines.some((text) => (/^[! ]*/.exec(text)?.[0].replaceAll(' ', '').length ?? 0) % 2 === 0));
          rmSync(root, { recursive: true });
          mkdirSync(root);
          for (const path of paths) {
            try {
              writeFiles(root, { [`${path}`]: '' });
            } catch {} // a file is in the way of a folder, or the other way round
          }
          const found = await discover(root, lines, { includeHiddenFiles });
          // Other names than media are only counted, so compare the number of all and the paths of the rest.
          process.chdir(root);
          const globber = await glob.create(lines.join('\n'), {
            matchDirectories: false,
            excludeHiddenFiles: !includeHiddenFiles,
          });
          // The stock globber throws when a file stands where a pattern names a folder; ours finds nothing there.
          const stock = await globber.glob().catch((error: NodeJS.ErrnoException) => error.code);
          fc.pre(stock !== 'ENOTDIR');
          assert.ok(Array.isArray(stock), String(stock));
          const regular = stock.filter((file) => lstatSync(file).isFile());
          const expected = regular.map((file) => relative(root, file)).sort();
          assert.deepEqual(
            pathsOf(found.candidates),
            expected.filter((file) => file.endsWith('.png')),
          );
          assert.equal(found.candidates.length + found.skipped.length, expected.length);
          matched += expected.length;
        },
      ),
      { seed: 6, numRuns: triesOf(500) },
    );
    assert.ok(matched > triesOf(200), `only ${matched} files matched`);
  });
});
