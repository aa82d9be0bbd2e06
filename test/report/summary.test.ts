// The summary, rendered as GitHub does: only our elements, every name as text, within its size.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { composeRemedy } from '../../media/remedy.ts';
import { type Outcome, STATUSES, type Status } from '../../src/outcome.ts';
import { buildSummary, type SummaryHead } from '../../src/report/summary.ts';
import { describeCounts } from '../../src/report/words.ts';
import { neutralise, shortenId } from '../../src/text/text.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { makeAsset } from '../support/asset.ts';
import { makeOutcome } from '../support/outcome.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

const head: SummaryHead = { isSuccess: true, remarks: [], pictures: undefined };
const pictures = {
  repositoryUrl: 'https://github.com/octo-org/assets',
  sha: 'a'.repeat(40),
  shaBefore: 'b'.repeat(40),
};
/** What the rows say beside their pictures, without the header rows. */
function wordsOf(markdown: string): (string | undefined)[] {
  return renderMarkdown(markdown)
    .rows.map((cells) => cells.at(-1))
    .filter((words) => words !== 'Asset');
}

/** Text as the prose of a summary shows it: marks of code are no text. */
const asProse = (text: string): string => neutralise(text).replace(/`([^`]+)`/g, '$1');
const ROOMY = 1024 * 1024;

describe('buildSummary', () => {
  it('has a verdict, the counts, the remarks and a table for each status that matters', () => {
    const outcomes = [
      makeOutcome('u.jpg', 'unchanged', { id: '4:u' }),
      makeOutcome('r.jpg', 'removed', { reason: 'the file is gone' }),
      makeOutcome('n.jpg', 'uploaded', { id: '4:n\n4:n', reason: 'new' }),
      makeOutcome('p.jpg', 'pending', { reason: 'new: not reached' }),
      makeOutcome('w.png', 'uploaded', {
        id: '4:w',
        reason: 'ID expired',
        isRenewed: true,
        asset: makeAsset('w.png', 'w', { type: 'image/png' }),
        findings: [{ rule: 'b', level: 'warning', message: 'mind' }],
      }),
      makeOutcome('i.jpg', 'invalid', {
        findings: [
          { rule: 'a', level: 'error', message: 'first' },
          { rule: 'b', level: 'warning', message: 'second' },
        ],
      }),
      makeOutcome('v.mp4', 'reused', {
        id: '4:v',
        reason: 'new: same content as x.mp4',
        asset: makeAsset('v.mp4', 'v', {
          type: 'video/mp4',
          facts: { size: 1, width: 640, height: 360, videoCodec: 'H.264', durationSeconds: 12 },
        }),
      }),
      makeOutcome('d.pdf', 'superseded', {
        reason: 'moved on',
        asset: makeAsset('d.pdf', 'd', { type: 'application/pdf', facts: { size: 1 } }),
      }),
    ];
    const remarks = ['NXCloud is <down>.', 'See the log.'];
    const markdown = buildSummary(outcomes, { ...head, isSuccess: false, remarks }, ROOMY);
    const shown = renderMarkdown(markdown);
    assert.deepEqual(shown.textsOf('h3'), ['NXCloud template assets']);
    assert.deepEqual(shown.textsOf('p'), [
      '❌ 1 invalid, 1 with a warning, 1 pending, 2 uploaded (1 only because the ID had run out), 1 reused, 1 removed, 1 superseded, 1 unchanged',
      ...remarks,
    ]);
    assert.deepEqual(shown.textsOf('h4'), [
      'Invalid (1)',
      'Uploaded, with warnings (1)',
      'Pending (1)',
      'Uploaded (1)',
      'Reused (1)',
      'Removed (1)',
      'Superseded (1)',
    ]);
    assert.deepEqual(wordsOf(markdown), [
      'i.jpgJPEG picture · 47.1 KB❌ first⚠️ second',
      'w.pngPNG picture · 47.1 KB⚠️ mindID expiredFile ID 4:w',
      'p.jpgJPEG picture · 47.1 KBnew: not reached',
      'n.jpgJPEG picture · 47.1 KBnewFile ID 4:n\\u000a4:n',
      'v.mp4MP4 video · 640 × 360, H.264, 12.0 s · 47.1 KBnew: same content as x.mp4File ID 4:v',
      'r.jpgthe file is gone',
      'd.pdfPDF document · 47.1 KBmoved on',
    ]);
    assert.doesNotMatch(markdown, /image\/|video\/|application\//);
  });

  it('has one list and one command for all findings of a file', () => {
    const facts = { size: 1, width: 640, height: 360, videoCodec: 'H.264' };
    const path = "it's $5/<spot>.mp4";
    const find = (rule: string, problem: string) => {
      const remedy = 'export it anew';
      return { rule, level: 'error' as const, message: `${problem}: ${remedy}`, problem, remedy };
    };
    const findings = [find('video-audio-codec', 'MP3 sound'), find('video-b-frames', 'B-frames')];
    const asset = makeAsset(path, 'v', { type: 'video/mp4', facts, findings });
    const markdown = buildSummary([makeOutcome(path, 'invalid', { asset, findings })], head, ROOMY);
    assert.deepEqual(renderMarkdown(markdown).textsOf('code'), [path, composeRemedy(path, findings, facts)]);
    assert.ok(wordsOf(markdown)[0]?.includes('❌ MP3 sound: export it anew❌ B-framesOr run ffmpeg -i'));
  });

  it('folds assets without a finding when they are more than ten, and nothing invalid', () => {
    const finding = { findings: [{ rule: 'x', level: 'warning', message: 'mind' }] } as const;
    const list = (count: number, status: Status, overrides: Partial<Outcome> = {}) =>
      Array.from({ length: count }, (_, at) => makeOutcome(`${status}/${at}.jpg`, status, overrides));
    const cases: readonly (readonly [readonly Outcome[], folded: readonly string[]])[] = [
      [[...list(6, 'uploaded'), ...list(4, 'removed')], []],
      [
        [...list(7, 'uploaded'), ...list(4, 'removed')],
        ['Uploaded (7)', 'Removed (4)'],
      ],
      [list(40, 'invalid'), []],
      [list(40, 'pending', finding), []],
      [list(10, 'unchanged', finding), []],
      [list(11, 'unchanged', finding), ['Unchanged, with warnings (11)']],
      [list(40, 'unchanged'), []],
    ];
    for (const [outcomes, folded] of cases) {
      const markdown = buildSummary(outcomes, head, ROOMY);
      assert.deepEqual(renderMarkdown(markdown).textsOf('summary'), folded);
      const shown = outcomes.filter(({ status, findings }) => status !== 'unchanged' || findings.length > 0);
      assert.equal(wordsOf(markdown).length, shown.length, 'what is folded is there');
    }
  });

  it('has no Markdown where GitHub does not render it', () => {
    const text = 'use `x`, and [y](z) or **w**';
    const outcomes = ['a', 'b'].map((path) => makeOutcome(path, 'pending', { reason: 'set `x`' }));
    const many = Array.from({ length: 30 }, (_, at) =>
      makeOutcome(`${at}.jpg`, 'uploaded', { reason: '`new`' }),
    );
    for (const size of [ROOMY, 2500]) {
      const markdown = buildSummary([...outcomes, ...many], { ...head, remarks: [text] }, size);
      assert.doesNotMatch(markdown, /`/);
      assert.equal(/<p>and \d+ more<\/p>\n/.test(markdown), size !== ROOMY);
      assert.doesNotMatch(markdown, /^and /m);
      assert.deepEqual(renderMarkdown(markdown).textsOf('code').slice(0, 3), ['x', 'a', 'x']);
    }
  });

  it('keeps the lines of a remark', () => {
    const remarks = ['GitHub refused:\nRules <found>\nUse another branch.'];
    const markdown = buildSummary([], { ...head, remarks }, ROOMY);
    assert.ok(markdown.includes('<p>GitHub refused:<br>Rules &lt;found&gt;<br>Use another branch.</p>'));
  });

  it('says so when there is nothing', () => {
    assert.deepEqual(renderMarkdown(buildSummary([], head, ROOMY)).textsOf('p'), ['✅ no assets']);
  });

  it('mentions nobody and links no issue outside of code', () => {
    const text = "take over the ID of @octo-org/security fixes #1.png, octo/assets#2, GH-3, gh-4 and 'GH'";
    const asset = makeAsset('a.mp4', 'a', { facts: { size: 1, videoCodec: '@bob' } });
    const outcome = makeOutcome('a.mp4', 'pending', {
      asset,
      reason: text,
      findings: [{ rule: 'x', level: 'warning', message: text }],
    });
    const summary = buildSummary([outcome], { ...head, remarks: [text] }, ROOMY);
    // As GitHub looks for them: in each piece of text by itself.
    const pieces = summary
      .split(/<[^>]*>/)
      .filter((piece) => piece.includes('octo') || /[@#]|gh-/i.test(piece));
    assert.ok(pieces.length > 0);
    for (const piece of pieces) assert.doesNotMatch(piece, /@\w|(?<!&)#\d|\bGH-\d/i);
    const shown = renderMarkdown(summary);
    assert.equal(shown.textsOf('p')[1], text);
    assert.equal(wordsOf(summary)[0], `a.mp4JPEG picture · @bob · 47.1 KB⚠️ ${text}${text}`);
  });

  it('shows hostile names, messages and IDs as text', () => {
    for (const name of HOSTILE_NAMES) {
      const outcome = makeOutcome(name, 'pending', {
        reason: name,
        id: name,
        isChanged: true,
        findings: [{ rule: 'x', level: 'warning', message: name }],
      });
      const shown = renderMarkdown(buildSummary([outcome], { ...head, pictures, remarks: [name] }, ROOMY));
      assertOnlyOwn(shown);
      assert.equal(shown.textsOf('p')[1], name.split('\n').map(asProse).join(''));
      const code = shown.textsOf('code');
      assert.ok(code.includes(neutralise(name)) && code.includes(shortenId(name)), name);
      const said = `⚠️ ${asProse(name)}${asProse(name)}File ID ${shortenId(name)}`;
      assert.equal(shown.rows[1]?.[1], `${neutralise(name)}JPEG picture · 47.1 KB${said}`);
      const sources = shown.attributes.filter((attribute) => attribute.startsWith('img src='));
      for (const source of sources) {
        const url = new URL(/"(.*)"/.exec(source)?.[1] ?? '');
        assert.equal(url.origin, 'https://github.com');
        assert.match(url.pathname, /^\/octo-org\/assets\/blob\/[ab]{40}\//);
        assert.equal(url.search, '?raw=true');
      }
    }
  });

  it('holds only our elements, whatever the texts', () => {
    const text = fc.oneof(
      fc.string({ unit: codePoint, minLength: 1, maxLength: 30 }),
      fc
        .array(
          fc.constantFrom(
            '<',
            '>',
            '</td>',
            '</table>',
            '<script>',
            '&lt;',
            '&#60;',
            '`',
            '|',
            '\n\n',
            '\n',
            '[x](y)',
            '![x](y)',
            '*',
            '_',
            '#',
            '- ',
            '> ',
            '@octocat',
            'https://x.invalid',
            '<!--',
            '-->',
            '\\',
            '"',
            "'",
            '::error::',
          ),
          { minLength: 1, maxLength: 8 },
        )
        .map((parts) => parts.join('')),
    );
    const row = fc.tuple(text, text, text, fc.constantFrom<Status[]>(...STATUSES));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 3 }), text, (rows, remark) => {
        const outcomes = rows.map(([path, reason, id, status]) => makeOutcome(path, status, { reason, id }));
        const shown = renderMarkdown(buildSummary(outcomes, { ...head, pictures, remarks: [remark] }, ROOMY));
        assertOnlyOwn(shown);
        const expected = STATUSES.filter((status) => status !== 'unchanged').flatMap((status) =>
          outcomes.filter((outcome) => outcome.status === status).map(({ path }) => neutralise(path)),
        );
        const words = shown.rows.filter(([first]) => first !== 'Picture').map((cells) => cells.at(-1) ?? '');
        assert.equal(words.length, expected.length);
        for (const [at, path] of expected.entries()) assert.ok(words[at]?.startsWith(path), path);
      }),
      { seed: 6, numRuns: triesOf(500) },
    );
  });

  it('never has more bytes than it may, and counts what it leaves out', () => {
    const outcome = fc
      .tuple(fc.constantFrom<Status[]>(...STATUSES), fc.integer({ min: 1, max: 300 }))
      .map(([status, length]): Outcome => makeOutcome('é'.repeat(length), status, { reason: 'x' }));
    fc.assert(
      fc.property(
        fc.array(outcome, { maxLength: 16 }),
        fc.integer({ min: 200, max: 4000 }),
        (outcomes, most) => {
          const markdown = buildSummary(outcomes, head, most);
          assert.ok(Buffer.byteLength(markdown) <= most, `${Buffer.byteLength(markdown)} of ${most}`);
          const shown = renderMarkdown(markdown);
          const counts = [...shown.textsOf('h4'), ...shown.textsOf('summary')].map((title) =>
            Number(/\((\d+)\)$/.exec(title)?.[1]),
          );
          const rows = shown.rowPaths.length;
          assert.ok(markdown.includes(describeCounts(outcomes)));
          const left = [...markdown.matchAll(/<p>and (\d+) more<\/p>/g)].reduce(
            (sum, [, count]) => sum + Number(count),
            0,
          );
          assert.equal(
            rows + left,
            counts.reduce((sum, count) => sum + count, 0),
          );
        },
      ),
      { seed: 6, numRuns: triesOf(1000) },
    );
  });
});
