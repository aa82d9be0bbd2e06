// Tables within a limit of bytes; the entries that a pull request changes by hand, rendered as GitHub does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { buildEntryChanges, buildTable } from '../../src/report/rows.ts';
import { neutralise, shortenId } from '../../src/text/text.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';

const ROOMY = 1024 * 1024;

describe('buildTable', () => {
  const rows = Array.from({ length: 50 }, (_, at) => ({ picture: `row ${at}`, words: 'é' }));

  it('has every row that fits, and counts the rest', () => {
    const whole = buildTable('Title\n', rows, 'End\n', 10_000);
    assert.equal(whole.match(/<tr>/g)?.length, 51);
    assert.doesNotMatch(whole, / more/);
    for (const most of [400, 800, 1600]) {
      const cut = buildTable('Title\n', rows, 'End\n', most);
      const shown = (cut.match(/<td>row/g) ?? []).length;
      assert.ok(Buffer.byteLength(cut) <= most, `${Buffer.byteLength(cut)}`);
      assert.ok(cut.endsWith(`</table>\n<p>and ${50 - shown} more</p>\nEnd\n`), cut.slice(-40));
      assert.ok(shown > 0);
    }
  });

  it('is empty when not even the frame fits', () => {
    assert.equal(buildTable('Title\n', rows, 'End\n', 100), '');
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
      ['new.jpg', makeEntry({ id: '4:new', type: 'application/pdf' })],
      ['a.jpg', makeEntry({ id: '4:after', size: 1, expiresAt: '2026-11-27T05:33:00.000Z' })],
    ]);
    assert.deepEqual(
      renderMarkdown(buildEntryChanges(before, after, ROOMY)).rows.map(([words]) => words),
      [
        'a.jpgJPEG picture · 1 byteChanged: ID, size, expiryID at the base 4:beforeID in the pull request 4:afterValid until 27 Nov 2026, 05:33 UTC',
        'gone.jpgJPEG picture · 47.1 KBRemovedID at the base 4:gone',
        'new.jpgPDF document · 47.1 KBAddedID in the pull request 4:new',
      ],
    );
  });

  it('says nothing when nothing changed', () => {
    assert.equal(buildEntryChanges(before, new Map(before), ROOMY), '');
  });

  it('shows hostile paths and IDs as text', () => {
    for (const name of HOSTILE_NAMES) {
      const after = new Map([[name, makeEntry({ id: name })]]);
      const shown = renderMarkdown(buildEntryChanges(new Map(), after, ROOMY));
      assertOnlyOwn(shown);
      assert.deepEqual(shown.textsOf('code'), [neutralise(name), shortenId(name)]);
    }
  });

  it('counts what does not fit', () => {
    const after = new Map(Array.from({ length: 100 }, (_, n) => [`${n}.jpg`, makeEntry()] as const));
    const shown = buildEntryChanges(new Map(), after, 2000);
    assert.ok(Buffer.byteLength(shown) <= 2000);
    const rows = renderMarkdown(shown).rows.length;
    assert.ok(rows > 0);
    assert.match(shown, new RegExp(`and ${100 - rows} more`));
  });
});
