// The beginning of the gallery: its policy, the verdict, what names the run, and whether it begins as a list.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { buildGallery } from '../../../src/report/gallery/gallery.ts';
import { makeOutcome } from '../../support/outcome.ts';
import { buildPage, head, makeFinding, plenty, repositoryUrl } from '../../support/gallery.ts';

test('the policy allows the own style and script, and data for media, and nothing else', () => {
  const html = buildGallery([], head, plenty);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  const hashOf = (element: string): string => {
    const text = new RegExp(`<${element}>(.*)</${element}>`, 's').exec(html)?.[1] ?? '';
    assert.ok(text.length > 1000, element);
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  assert.deepEqual(policy?.split('; '), [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    `style-src ${hashOf('style')}`,
    `script-src ${hashOf('script')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.doesNotMatch(html, / style="/);
});

test('the verdict of the run stands at the head', () => {
  for (const [isSuccess, verdict] of [
    [true, 'is-success">✓'],
    [false, 'is-failure">✗'],
  ] as const) {
    assert.ok(buildPage([], {}, plenty, { ...head, isSuccess }).includes(`class="verdict ${verdict}`));
  }
});

test('the head names the run, with links where there is an address', () => {
  const facts = [
    { name: 'Repository', text: 'octo/<b>', address: repositoryUrl },
    { name: 'Mode', text: 'output' },
  ];
  const html = buildPage([], {}, plenty, { ...head, facts });
  assert.ok(html.includes(`<dt>Repository</dt> <dd><a href="${repositoryUrl}">octo/&lt;b&gt;</a></dd>`));
  assert.ok(html.includes('<dt>Mode</dt> <dd>output</dd>'));
});

test('more than a hundred assets begin as a list', () => {
  const many = (length: number) =>
    Array.from({ length }, (_, index) => makeOutcome(`${index}.png`, 'unchanged'));
  assert.match(buildPage(many(101)), /id="as-list" autocomplete="off" checked>/);
  assert.match(buildPage(many(100)), /id="as-list" autocomplete="off">/);
});

test('there is a filter for each status that occurs, and for what is warned of', () => {
  const findings = [makeFinding('x', 'warning')];
  const html = buildPage([
    makeOutcome('a.png', 'invalid'),
    makeOutcome('b.png', 'uploaded', { findings }),
    makeOutcome('c.png', 'uploaded'),
  ]);
  const chips = html.matchAll(
    /name="status" value="(\w*)" autocomplete="off"( checked)?><span class="chip-label">(\w+) <b class="chip-count">(\d+)</g,
  );
  assert.deepEqual(
    [...chips].map(([, value, checked = '', title, count]) => `${value}: ${title} ${count}${checked}`),
    [': All 3 checked', 'invalid: Invalid 1', 'warned: Warnings 1', 'uploaded: Uploaded 2'],
  );
});

test('where there is nothing, it says so', () => {
  assert.match(buildPage([]), /id="nothing">No assets\.</);
  assert.match(buildPage([makeOutcome('a.png', 'removed')]), /id="nothing" hidden>No asset matches\.</);
});
