// What a card of the gallery shows of its asset.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asset } from '../../../src/assets/judge.ts';
import { makeOutcome } from '../../support/outcome.ts';
import {
  buildPage,
  notReal,
  onGitHub,
  pdf,
  pictures,
  plenty,
  repositoryUrl,
  showPicture,
} from '../../support/gallery.ts';

test('a tile stands for what is not shown, with a link to the file', () => {
  const noRoom = 'No preview: the page has no room for it';
  const link = (name: string) =>
    ` <a href="../${name}">Open the file<span class="hidden-text"> a.png</span></a>`;
  const table = [
    [makeOutcome('a.png', 'removed'), 'missing', 'No preview'],
    [showPicture({}), 'image', `${noRoom}${link('a.png')}`],
    [showPicture({ type: 'video/mp4' }), 'video', `${noRoom}${link('a.png')}`],
    [showPicture({ isLfsPointer: true }), 'image', 'No preview: the checkout holds only its Git LFS pointer'],
    [showPicture(notReal()), 'image', `No preview: it is not what its name says${link('a.png')}`],
  ] as const;
  for (const [outcome, symbol, text] of table) {
    const html = buildPage([outcome]);
    const tile = `<use href="#icon-${symbol}"/></svg><span class="tile-text">${text}</span>`;
    assert.ok(html.includes(tile), `${symbol}: ${text}`);
  }
  assert.doesNotMatch(buildPage([makeOutcome('a.png', 'removed')]), /class="facts"/);
});

test('where there is a commit, links lead to the files there', () => {
  const address = (sha: string) => `href="${repositoryUrl}/blob/${sha}/a.png">`;
  const changed = buildPage([showPicture({ isLfsPointer: true }, { isChanged: true })], {}, plenty, onGitHub);
  assert.ok(changed.includes(`${address(pictures.sha)}Open the file`));
  assert.ok(changed.includes(`${address(pictures.shaBefore)}See it before the change`));
  const document = buildPage([showPicture(pdf())], {}, plenty, onGitHub);
  assert.ok(document.includes(`${address(pictures.sha)}a.png</a>`));
});

test('a changed picture stands above the one before, where that is at hand', () => {
  const changed = showPicture({}, { isChanged: true });
  const html = buildPage([changed], { content: 'AAAA', contentBefore: 'BBBB' }, plenty, onGitHub);
  assert.match(html, /base64,AAAA".*<figcaption>Before<\/figcaption><img src="data:image\/png;base64,BBBB"/s);
  assert.doesNotMatch(html, /See it before/);
  const unchanged = buildPage([showPicture({})], {}, plenty, onGitHub);
  assert.doesNotMatch(unchanged, /See it before/);
  assert.doesNotMatch(buildPage([changed]), /See it before/, 'no commit before');
});

test('previews: image with its crop, video, document', () => {
  const cases: readonly [expected: RegExp, overrides: Partial<Asset>, content: string | undefined][] = [
    [/<img src="data:image\/png;base64,AAAA" alt="a\.png"/, {}, 'AAAA'],
    [/has-crop is-tall.*\(48 %\)/, { facts: { size: 1, width: 300, height: 300 } }, 'AAAA'],
    [/has-crop is-wide.*\(53 %\)/, { facts: { size: 1, width: 400, height: 100 } }, 'AAAA'],
    [/<video controls[^>]* src="data:video\/mp4;base64,AAAA"/, { type: 'video/mp4' }, 'AAAA'],
    [/class="document".*<a href="\.\.\/a\.png">a\.png<\/a>.*1000 bytes · PDF/, pdf(), undefined],
    [/<a href="data:application\/pdf;base64,AAAA" download="a\.png">a\.png<\/a>/, pdf(), 'AAAA'],
  ];
  for (const [expected, overrides, content] of cases) {
    assert.match(buildPage([showPicture(overrides)], content === undefined ? {} : { content }), expected);
  }
});

test('a picture that loses nothing worth seeing has no switch', () => {
  assert.doesNotMatch(buildPage([showPicture({})], { content: 'AAAA' }), /class="cut"/);
});
