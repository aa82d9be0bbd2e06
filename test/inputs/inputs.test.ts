// Every input: what is accepted and what it becomes, what is refused and how the message reads.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readActionMetadata } from '../../runner/metadata.ts';
import { DESCRIBED_INPUTS, findDefault } from '../../src/inputs/described.ts';
import { findMissingCredentials, type Inputs, parseInputs } from '../../src/inputs/inputs.ts';
import { makeRedactor, type Redactor } from '../../src/text/redact.ts';
import { buildUploadUrl } from '../../src/nxcloud/call.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

const root = join(import.meta.dirname, '../..');

type Given = Readonly<Record<string, string>>;

function parse(given: Given, redact: Redactor = (text) => text): ReturnType<typeof parseInputs> {
  const values = new Map(Object.entries({ files: '**/*.png', ...given }));
  return parseInputs((name) => values.get(name) ?? '', redact);
}

function accept(given: Given): Inputs {
  const { parsed, faults } = parse(given);
  assert.deepEqual(faults, []);
  return parsed as Inputs;
}

function refuse(given: Given): readonly string[] {
  const { faults } = parse(given);
  assert.notEqual(faults.length, 0, 'nothing was refused');
  return faults;
}

describe('the declared inputs', () => {
  it('have the defaults of action.yml', async () => {
    const { inputs } = await readActionMetadata(root);
    const declared = [...inputs].map(([name, input]) => [name, name === 'token' ? '' : input.default]);
    assert.deepEqual(
      Object.fromEntries(declared),
      Object.fromEntries(Object.keys(DESCRIBED_INPUTS).map((name) => [name, findDefault(name)])),
    );
  });

  it('are exactly those that are read', async () => {
    const { inputs } = await readActionMetadata(root);
    const read = new Set<string>();
    const getInput = (name: string): string => {
      read.add(name);
      return '';
    };
    parseInputs(getInput, (text) => text);
    assert.deepEqual([...read].sort(), [...inputs.keys()].sort());
  });
});

/** The ways in which sources read an input; `options` are inputs that were handed on whole. */
function isUsed(name: string, source: string): boolean {
  const ways = [
    `\\b(?:inputs|options)\\??\\.${name}\\b`,
    `\\{[^{}]*\\b${name}\\b[^{}]*\\} = [\\w.#]*(?:inputs|options)\\b`,
    `\\{[^{}]*\\b${name}\\b[^{}]*\\}: (?:Partial<)?Inputs\\b`,
    `\\binputs: \\{[^{}]*\\b${name}\\b`,
  ];
  return new RegExp(ways.join('|')).test(source);
}

it('no input is parsed in vain', () => {
  const files = globSync('src/**/*.ts', { cwd: root, exclude: (path) => path.endsWith('inputs.ts') });
  const source = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const names = Object.keys(accept({}));
  assert.ok(names.length > 20);
  assert.deepEqual(
    names.filter((name) => !isUsed(name, source)),
    [],
  );
  assert.equal(isUsed('unheardOf', source), false);
});

describe('inputs left empty', () => {
  it('get their defaults', () => {
    const { apiUrl, ...rest } = accept({});
    assert.equal(apiUrl.href, 'https://api2.nxcloud.com/');
    assert.deepEqual(rest, {
      files: ['**/*.png'],
      accessKey: '',
      accessSecret: '',
      businessPhone: '',
      mode: 'output',
      manifestPath: 'nxcloud-assets.json',
      workingDirectory: '.',
      token: '',
      targetBranch: undefined,
      commitMessage: 'chore: update NXCloud asset manifest',
      pullRequestBranch: undefined,
      comment: false,
      requireCurrent: false,
      ifNoFilesFound: 'warn',
      includeHiddenFiles: false,
      force: false,
      maxAge: undefined,
      renewBefore: 0,
      prune: true,
      mediaChecks: 'error',
      concurrency: 4,
      retries: 4,
      timeout: 120_000,
      shard: undefined,
      signatureAlgorithm: 'md5',
      summary: true,
      reportPath: undefined,
    });
  });
});

describe('accepted values', () => {
  const rows: readonly (readonly [name: string, text: string, key: keyof Inputs, value: unknown])[] = [
    ['files', 'a.png\n\n# comment\n  b/**/*.png  \n!b/x.png', 'files', ['a.png', 'b/**/*.png', '!b/x.png']],
    ['files', 'a.png\r\nb.png\rc.png', 'files', ['a.png', 'b.png', 'c.png']],
    ['files', '!! a.png', 'files', ['!! a.png']],
    ['files', '.', 'files', ['.']],
    ['files', './a/*.png', 'files', ['./a/*.png']],
    ['files', 'a/..b/~/.hidden/...png', 'files', ['a/..b/~/.hidden/...png']],
    ['access-key', 'fme2na3kdi3ki', 'accessKey', 'fme2na3kdi3ki'],
    ['access-key', '!~', 'accessKey', '!~'],
    ['access-secret', 'two words\nand lines', 'accessSecret', 'two words\nand lines'],
    ['business-phone', '+49 (151) 123-456 78', 'businessPhone', '4915112345678'],
    ['business-phone', '49‑151–12345678', 'businessPhone', '4915112345678'],
    ...[
      '+49 1511.234.5678',
      '+49/1511/2345678',
      '\u202a+49 1511 2345678\u202c',
      '\u200e+49\u00a01511\u00a02345678\u200f',
      '\ufeff4915112345678',
      '\ufe0f4915112345678',
      '+49\u2212151\ufe6312345678',
      '＋４９　（１５１１）　２３４－５６７８',
      '49\u00ad1511\u20602345678',
    ].map((text) => ['business-phone', text, 'businessPhone', '4915112345678'] as const),
    ['business-phone', '1234567', 'businessPhone', '1234567'],
    ['business-phone', '123456789012345', 'businessPhone', '123456789012345'],
    ...(['check', 'output', 'commit', 'pull-request'] as const).map(
      (mode) => ['mode', mode, 'mode', mode] as const,
    ),
    ['manifest-path', 'a/b.json', 'manifestPath', 'a/b.json'],
    ['working-directory', 'checkout', 'workingDirectory', 'checkout'],
    ['token', 'ghs_x', 'token', 'ghs_x'],
    ['target-branch', 'main', 'targetBranch', 'main'],
    ['target-branch', 'refs/heads/feature/x', 'targetBranch', 'feature/x'],
    ['target-branch', 'ünï-cödé', 'targetBranch', 'ünï-cödé'],
    ['commit-message', 'a\n\nb', 'commitMessage', 'a\n\nb'],
    ['pull-request-branch', 'bots/assets', 'pullRequestBranch', 'bots/assets'],
    ...['true', 'True', 'TRUE'].map((text) => ['comment', text, 'comment', true] as const),
    ...['false', 'False', 'FALSE'].map((text) => ['prune', text, 'prune', false] as const),
    ['require-current', 'true', 'requireCurrent', true],
    ['include-hidden-files', 'true', 'includeHiddenFiles', true],
    ['force', 'true', 'force', true],
    ['summary', 'false', 'summary', false],
    ...(['error', 'warn', 'ignore'] as const).map(
      (policy) => ['if-no-files-found', policy, 'ifNoFilesFound', policy] as const,
    ),
    ...(['error', 'warn', 'off'] as const).map(
      (level) => ['media-checks', level, 'mediaChecks', level] as const,
    ),
    ['max-age', '1h', 'maxAge', 3_600_000],
    ['max-age', '3600s', 'maxAge', 3_600_000],
    ['max-age', '3d', 'maxAge', 259_200_000],
    ['renew-before', '0h', 'renewBefore', 0],
    ['renew-before', '12h', 'renewBefore', 43_200_000],
    ['renew-before', 'never', 'renewBefore', undefined],
    ['concurrency', '1', 'concurrency', 1],
    ['concurrency', '32', 'concurrency', 32],
    ['retries', '0', 'retries', 0],
    ['retries', '10', 'retries', 10],
    ['timeout', '1s', 'timeout', 1000],
    ['timeout', '24d', 'timeout', 2_073_600_000],
    ['shard', '2/4', 'shard', { index: 2, count: 4 }],
    ['shard', '1/1', 'shard', { index: 1, count: 1 }],
    ['signature-algorithm', 'sha256', 'signatureAlgorithm', 'sha256'],
    ['report-path', 'out/report.html', 'reportPath', 'out/report.html'],
  ];
  for (const [name, text, key, value] of rows) {
    it(`${name} ${JSON.stringify(text)}`, () => assert.deepEqual(accept({ [name]: text })[key], value));
  }

  const addresses: readonly (readonly [text: string, upload: string])[] = [
    ['https://api2.nxcloud.com', 'https://api2.nxcloud.com/api/wa/uploadTemplateFile'],
    ['https://API2.NXCLOUD.COM:443/', 'https://api2.nxcloud.com/api/wa/uploadTemplateFile'],
    ['https://gateway.example:8443/nx/', 'https://gateway.example:8443/nx/api/wa/uploadTemplateFile'],
    ['http://localhost:8080', 'http://localhost:8080/api/wa/uploadTemplateFile'],
    ['http://127.8.9.1', 'http://127.8.9.1/api/wa/uploadTemplateFile'],
    ['http://[::1]:1', 'http://[::1]:1/api/wa/uploadTemplateFile'],
  ];
  for (const [text, upload] of addresses) {
    it(`api-url ${text}`, () =>
      assert.equal(buildUploadUrl(accept({ 'api-url': text }).apiUrl).href, upload));
  }
});

describe('refused values', () => {
  const boolean = (name: string): readonly (readonly [string, string, RegExp])[] =>
    ['yes', '1', 'tRue', 'true false'].map((text) => [name, text, / is not true or false$/] as const);
  const rows: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ['files', '# only a comment', /^files: is required: give glob patterns, one per line/],
    ['files', '!a.png\n!b.png', /^files: "!a\.png, !b\.png" only excludes; add a pattern/],
    ['files', 'a.png\n!', /^files: "!" excludes nothing/],
    ['files', 'a.png\n! !', /^files: "! !" only excludes|^files: "! !" excludes nothing/],
    ['files', '~', /^files: "~" leads to the home folder/],
    ['files', '~/x.png', /^files: "~\/x\.png" leads to the home folder/],
    ['files', '! ~/x.png\na.png', /^files: "! ~\/x\.png" leads to the home folder/],
    ['files', '../x.png', /^files: "\.\.\/x\.png" contains a "\." or "\.\." segment/],
    ['files', 'a/../x.png', /contains a "\." or "\.\." segment/],
    ['files', 'a/./x.png', /contains a "\." or "\.\." segment/],
    ['files', './../x.png', /contains a "\." or "\.\." segment/],
    ['files', 'a/..', /contains a "\." or "\.\." segment/],
    ['files', '\\.\\./x.png', /contains a "\." or "\.\." segment/],
    ['files', 'a/[.][.]/x.png', /contains a "\." or "\.\." segment/],
    ['files', 'a.png\n::error::\u001b/../', /^files: ":\\:error::\\u001b\/\.\.\/" contains/],
    ['business-phone', '123456', /^business-phone: "…3456" \(6 characters\) is not a phone number/],
    ['business-phone', '1234567890123456', /"…3456" \(16 characters\)/],
    ['business-phone', '+49 151 CALL-ME', /"…9151" \(11 characters\)/],
    ['business-phone', '٤٩١٥١١٢٣٤٥٦٧٨', /^business-phone: "…" \(13 characters\) is not a phone number/],
    ['business-phone', '+', /^business-phone: "…" \(0 characters\) is not a phone number/],
    ['business-phone', '+49 151 1234567 ext. 8', /^business-phone: "…5678" /],
    ['business-phone', 'hunter2hunter2', /"…22" \(14 characters\)/],
    ['mode', 'Check', /^mode: "Check" is not one of check, output, commit, pull-request$/],
    ['mode', 'dry-run', /^mode: "dry-run" is not one of/],
    ...[
      'a b',
      'a..b',
      '-x',
      'x.lock',
      'a/.b',
      '/a',
      'a/',
      'a//b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[b',
      'a\\b',
      '@',
      'a@{1}',
      'a.',
      'a\u007f',
      'refs/heads/',
    ].flatMap((text) => [
      ['target-branch', text, /^target-branch: ".*" is not a branch name$/] as const,
      ['pull-request-branch', text, /^pull-request-branch: ".*" is not a branch name$/] as const,
    ]),
    ...['comment', 'require-current', 'include-hidden-files', 'force', 'prune', 'summary'].flatMap(boolean),
    ['if-no-files-found', 'fail', /^if-no-files-found: "fail" is not one of error, warn, ignore$/],
    ['media-checks', 'none', /^media-checks: "none" is not one of error, warn, off$/],
    ['max-age', '59m', /^max-age: "59m" is not a duration like 90s, 15m, 24h or 3d of at least 1h$/],
    ['max-age', '0s', /^max-age: "0s" is not/],
    ['max-age', 'never', /^max-age: "never" is not/],
    ['renew-before', 'always', /^renew-before: "always" is neither a duration .* nor "never"$/],
    ['renew-before', '-1h', /^renew-before: "-1h" is neither/],
    ...['0', '33', '-1', '1.5', '1e1', '0x4', ' 4', '٤'].map(
      (text) => ['concurrency', text, /^concurrency: ".*" is not a whole number from 1 to 32$/] as const,
    ),
    ...['11', '-1', 'none'].map(
      (text) => ['retries', text, /^retries: ".*" is not a whole number from 0 to 10$/] as const,
    ),
    ...['0s', '25d', '120'].map(
      (text) => ['timeout', text, /^timeout: ".*" is not a duration .* from 1s to 24d$/] as const,
    ),
    ...['0/4', '5/4', '1/0', '2', '2/', '/4', '-1/4', '1/4/2', '1.0/4'].map(
      (text) => ['shard', text, /^shard: ".*" is not a share like 2\/4 \(the second of four\)$/] as const,
    ),
    ['signature-algorithm', 'sha512', /^signature-algorithm: "sha512" is not one of md5, sha256$/],
    ['api-url', 'api2.nxcloud.com', /^api-url: "api2\.nxcloud\.com" is not an address/],
    ...[
      'http://api2.nxcloud.com',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'http://127.0.0.1@evil.example/'.replace('127.0.0.1@', ''),
      'http://0.0.0.0',
      'http://10.0.0.1',
      'http://[::2]',
      'http://[::ffff:10.0.0.1]',
      'ftp://localhost',
      'file:///etc/passwd',
    ].map(
      (text) => ['api-url', text, /is not https; http is allowed for loopback hosts only; give /] as const,
    ),
    ['api-url', 'https://a.example/?x', /has more than the host/],
    ['api-url', 'https://a.example/#x', /has more than the host/],
    ['api-url', 'https://a.example/?', /has more than the host/],
    ['api-url', 'https://a.example/#', /has more than the host/],
    ['api-url', 'https://a.example/api/wa/uploadTemplateFile', /has more than the host/],
    ['api-url', 'https://a.example/api/wa/uploadTemplateFile/', /has more than the host/],
    ...[
      'https://a.example\nhttps://b.example',
      'https://a .example',
      'https:a.example',
      'https:\\\\a.example',
    ].map((text) => ['api-url', text, /is not an address/] as const),
    ['files', 'x'.repeat(10_001), /^files: "x+…" has 10001 characters; at most 10000 are matched$/],
  ];
  for (const [name, text, message] of rows) {
    it(`${name} ${JSON.stringify(text)}`, () => {
      const faults = refuse({ [name]: text });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', message);
    });
  }

  it('comment together with shard', () => {
    assert.deepEqual(refuse({ comment: 'true', shard: '1/2' }), [
      'comment: "true" cannot be combined with `shard`; leave one of them out',
    ]);
    assert.equal(accept({ comment: 'false', shard: '1/2' }).comment, false);
  });

  it('all at once, in the order of the list', () => {
    const wrong = {
      files: '',
      'access-key': 'a b',
      'business-phone': '12',
      mode: 'x',
      'target-branch': 'a b',
      'pull-request-branch': '..',
      comment: 'x',
      'require-current': 'x',
      'if-no-files-found': 'x',
      'include-hidden-files': 'x',
      force: 'x',
      'max-age': 'x',
      'renew-before': 'x',
      prune: 'x',
      'media-checks': 'x',
      concurrency: 'x',
      retries: 'x',
      timeout: 'x',
      shard: 'x',
      'signature-algorithm': 'x',
      'api-url': 'x',
      summary: 'x',
    };
    assert.deepEqual(
      refuse(wrong).map((fault) => fault.slice(0, fault.indexOf(':'))),
      Object.keys(wrong),
    );
  });
});

describe('what is never shown', () => {
  const canary = 'cAnArY-58d1f0';
  it('an access key that no header can carry', () => {
    for (const text of [`${canary} x`, `${canary}\nx`, `${canary}é`]) {
      const faults = refuse({ 'access-key': text }).join();
      assert.match(faults, /^access-key: contains spaces, line breaks or characters/);
      assert.ok(!faults.includes(canary));
    }
  });

  it('a user name or password in the address', () => {
    const faults = refuse({ 'api-url': `https://user:${canary}@api.example` }).join();
    assert.match(faults, /^api-url: contains a user name or password/);
    assert.ok(!faults.includes(canary) && !faults.includes('user:'));
    assert.ok(
      !refuse({ 'api-url': `https://user:${canary} @api.example` })
        .join()
        .includes(canary),
    );
    assert.match(refuse({ 'api-url': 'http://127.0.0.1@evil.example/' }).join(), /user name or password/);
  });

  it('more than the beginning of a long value, and a known secret at all', () => {
    const long = 'a'.repeat(20) + 'b'.repeat(21);
    const redact = makeRedactor([canary], '');
    for (const name of ['mode', 'timeout', 'target-branch', 'files', 'api-url', 'shard']) {
      const text = name === 'target-branch' ? ' ' : name === 'files' ? '/../' : '';
      const [fault = ''] = refuse({ [name]: long + text });
      assert.ok(fault.includes(`"${'a'.repeat(20)}…" `), fault);
      for (const value of [canary, `${'x'.repeat(15)}${canary}${'x'.repeat(20)}`]) {
        const { faults } = parse({ [name]: value + text }, redact);
        const own = faults.find((each) => each.startsWith(`${name}: `)) ?? '';
        assert.ok(name === 'files' || own.includes('***'), own);
        assert.ok(!faults.join().includes(canary.slice(0, 5)), faults.join());
      }
    }
  });

  it('more of a number than its last four digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{16,20}$/), fc.constantFrom('', '+', 'x'), (digits, sign) => {
        const faults = refuse({ 'business-phone': `${sign}${digits}` }).join();
        assert.ok(faults.includes(`…${digits.slice(-4)}`));
        assert.ok(!faults.includes(digits.slice(-5)));
      }),
      { seed: 6, numRuns: triesOf(100) },
    );
  });
});

describe('numbers as people write them', () => {
  it('are read whatever stands between their digits, and hidden wherever they stand', () => {
    const between = fc.constantFrom(
      ...[
        '',
        ' ',
        '-',
        '.',
        '/',
        '(',
        ')',
        '\u00a0',
        '\u2011',
        '\u2013',
        '\u2212',
        '\u200b',
        '\u202d',
        '\ufe0f',
        '\u{e0001}',
      ],
    );
    const sign = fc.tuple(fc.nat(9), fc.boolean(), between);
    fc.assert(
      fc.property(fc.array(sign, { minLength: 7, maxLength: 15 }), (signs) => {
        const digits = signs.map(([digit]) => digit).join('');
        const written = signs
          .map(([digit, isWide, after]) => (isWide ? String.fromCharCode(0xff10 + digit) : digit) + after)
          .join('');
        assert.equal(accept({ 'business-phone': `+${written}` }).businessPhone, digits);
        const spaced = signs.map(([digit, , after]) => digit + after).join('');
        const shown = makeRedactor([], written)(`number ${spaced}|${digits}`);
        assert.ok(!shown.includes(digits), shown);
        assert.doesNotMatch(shown.replace(/\D/g, ''), /\d{9}/);
      }),
      { seed: 18, numRuns: triesOf(500) },
    );
  });
});

describe('parseInputs', () => {
  it('never throws, and never shows a secret or an unsafe character, whatever it is given', () => {
    const value = fc.oneof(
      fc.string({ unit: codePoint, maxLength: 30 }),
      fc.constantFrom(
        'true',
        'check',
        '2/4',
        '3d',
        '**/*.png',
        '!x',
        'https://a.example',
        '::error::',
        '##[x]',
      ),
    );
    const secret = new Set(['access-key', 'access-secret', 'token']);
    const names = [...Object.keys(DESCRIBED_INPUTS).filter((name) => !secret.has(name))];
    const canary = 'cAnArY-58d1f0';
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), value),
        fc.string({ unit: codePoint, maxLength: 5 }),
        (given, suffix) => {
          const secrets = { 'access-key': canary + suffix, 'access-secret': canary, token: canary };
          const { faults } = parse({ ...given, ...secrets });
          for (const fault of faults) {
            assert.ok(!fault.includes(canary));
            assert.doesNotMatch(fault, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|##\[/u);
          }
        },
      ),
      { seed: 6, numRuns: triesOf(1000) },
    );
  });
});

describe('findMissingCredentials', () => {
  it('names each', () => {
    const none = { accessKey: '', accessSecret: '', businessPhone: '' };
    assert.deepEqual(findMissingCredentials(none), ['access-key', 'access-secret', 'business-phone']);
    assert.deepEqual(findMissingCredentials({ ...none, accessSecret: 'x' }), [
      'access-key',
      'business-phone',
    ]);
    assert.deepEqual(findMissingCredentials({ accessKey: 'x', accessSecret: 'x', businessPhone: 'x' }), []);
  });
});
