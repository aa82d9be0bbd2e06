// The summary, rendered as GitHub does: only our elements, every name as text, within its size.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { type Outcome, STATUSES, type Status } from '../../src/outcome.ts';
import {
  buildEntryChanges,
  buildSummary,
  describeCounts,
  type SummaryHead,
} from '../../src/report/summary.ts';
import { neutralise, shortenId } from '../../src/text/text.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { makeAsset } from '../support/asset.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { makeOutcome } from '../support/outcome.ts';
import { renderMarkdown } from '../support/rendered-markdown.ts';
import { triesOf } from '../support/extent.ts';

const head: SummaryHead = { isSuccess: true, remarks: [], pictures: undefined };
const pictures = {
  repositoryUrl: 'https://github.com/octo-org/assets',
  sha: 'a'.repeat(40),
  shaBefore: 'b'.repeat(40),
};
const OWN_ELEMENTS = ['h3', 'p', 'h4', 'table', 'tbody', 'tr', 'th', 'td', 'code', 'br', 'img', 'span'];
const ROOMY = 1024 * 1024;

describe('buildSummary', () => {
  it('has a verdict, the counts, the remarks and a table for each status that matters', () => {
    const outcomes = [
      makeOutcome('u.jpg', 'unchanged', { id: '4:u' }),
      makeOutcome('r.jpg', 'removed', { reason: 'the file is gone' }),
      makeOutcome('n.jpg', 'uploaded', { id: '4:n\n4:n', reason: 'new' }),
      makeOutcome('p.jpg', 'pending', { reason: 'new: not reached' }),
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
      '❌ 1 invalid, 1 pending, 1 uploaded, 1 reused, 1 removed, 1 superseded, 1 unchanged',
      ...remarks,
    ]);
    assert.deepEqual(shown.textsOf('h4'), [
      'Invalid (1)',
      'Pending (1)',
      'Uploaded (1)',
      'Reused (1)',
      'Removed (1)',
      'Superseded (1)',
    ]);
    assert.deepEqual(
      shown.rows.filter(([, path]) => path !== 'Path').map((row) => row.slice(1)),
      [
        ['i.jpg', '47.1 KB', 'image/jpeg', 'firstsecond', ''],
        ['p.jpg', '47.1 KB', 'image/jpeg', 'new: not reached', ''],
        ['n.jpg', '47.1 KB', 'image/jpeg', 'new', '4:n\\u000a4:n'],
        ['v.mp4', '47.1 KB', 'video/mp4640 × 360, H.264, 12.0 s', 'new: same content as x.mp4', '4:v'],
        ['r.jpg', '', '', 'the file is gone', ''],
        ['d.pdf', '47.1 KB', 'application/pdf', 'moved on', ''],
      ],
    );
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
    assert.equal(shown.rows[1]?.[4], text + text);
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
      const extra = shown.elements.filter((element) => !OWN_ELEMENTS.includes(element));
      assert.deepEqual(extra, [], name);
      assert.equal(
        shown.textsOf('p')[1],
        name
          .split('\n')
          .map((line) => neutralise(line))
          .join(''),
      );
      assert.deepEqual(shown.textsOf('code'), [neutralise(name), shortenId(name)]);
      assert.equal(shown.rows[1]?.[4], neutralise(name) + neutralise(name));
      assert.deepEqual(shown.comments, []);
      const sources = shown.attributes.filter((attribute) => attribute.startsWith('img src='));
      for (const source of sources) {
        const url = new URL(/"(.*)"/.exec(source)?.[1] ?? '');
        assert.equal(url.origin, 'https://github.com');
        assert.match(url.pathname, /^\/octo-org\/assets\/blob\/[ab]{40}\//);
        assert.equal(url.search, '?raw=true');
      }
      const others = shown.attributes.filter((attribute) => !/^img (?:src|alt|height)=/.test(attribute));
      assert.deepEqual(others, []);
    }
  });

  it('holds only our elements, whatever the texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
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
        assert.deepEqual(
          shown.elements.filter((element) => !OWN_ELEMENTS.includes(element)),
          [],
        );
        assert.deepEqual(shown.comments, []);
        const expected = STATUSES.filter((status) => status !== 'unchanged').flatMap((status) =>
          outcomes.filter((outcome) => outcome.status === status).map(({ path }) => neutralise(path)),
        );
        const paths = shown.rows.map((cells) => cells[1]).filter((cell) => cell !== 'Path');
        assert.deepEqual(
          paths,
          expected.filter((path) => path !== 'Path'),
        );
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
        fc.array(outcome, { maxLength: 12 }),
        fc.integer({ min: 200, max: 4000 }),
        (outcomes, most) => {
          const markdown = buildSummary(outcomes, head, most);
          assert.ok(Buffer.byteLength(markdown) <= most, `${Buffer.byteLength(markdown)} of ${most}`);
          const shown = renderMarkdown(markdown);
          const counts = shown.textsOf('h4').map((title) => Number(/\((\d+)\)$/.exec(title)?.[1]));
          const rows = shown.rows.length - counts.length;
          assert.ok(markdown.includes(describeCounts(outcomes)));
          const left = [...markdown.matchAll(/^and (\d+) more$/gm)].reduce(
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

describe('buildEntryChanges', () => {
  const before: Manifest = new Map([
    ['a.jpg', makeEntry({ id: '4:before' })],
    ['gone.jpg', makeEntry({ id: '4:gone' })],
    ['same.jpg', makeEntry()],
  ]);

  it('shows what was added, removed and changed, and what of an entry changed', () => {
    const after: Manifest = new Map([
      ['same.jpg', makeEntry()],
      ['new.jpg', makeEntry({ id: '4:new' })],
      ['a.jpg', makeEntry({ id: '4:after', size: 1, expiresAt: '2026-11-27T05:33:00.000Z' })],
    ]);
    assert.deepEqual(renderMarkdown(buildEntryChanges(before, after, ROOMY)).rows, [
      ['Path', 'ID at the base', 'ID in the pull request', 'Changed'],
      ['a.jpg', '4:before', '4:after', 'ID, size, expiry'],
      ['gone.jpg', '4:gone', '', 'removed'],
      ['new.jpg', '', '4:new', 'added'],
    ]);
  });

  it('says nothing when nothing changed', () => {
    assert.equal(buildEntryChanges(before, new Map(before), ROOMY), '');
  });

  it('shows hostile paths and IDs as text', () => {
    for (const name of HOSTILE_NAMES) {
      const after = new Map([[name, makeEntry({ id: name })]]);
      const shown = renderMarkdown(buildEntryChanges(new Map(), after, ROOMY));
      assert.deepEqual(
        shown.elements.filter((element) => !OWN_ELEMENTS.includes(element)),
        [],
      );
      assert.deepEqual(shown.rows[1], [neutralise(name), '', shortenId(name), 'added']);
    }
  });

  it('counts what does not fit', () => {
    const after = new Map(Array.from({ length: 100 }, (_, n) => [`${n}.jpg`, makeEntry()] as const));
    const shown = buildEntryChanges(new Map(), after, 2000);
    assert.ok(Buffer.byteLength(shown) <= 2000);
    const rows = renderMarkdown(shown).rows.length - 1;
    assert.match(shown, new RegExp(`and ${100 - rows} more`));
  });
});
