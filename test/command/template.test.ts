// Filling templates in: what is replaced, what stays, and everything that is in the way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillTemplate, listHandles, type Samples } from '../../src/command/template.ts';
import { makeEntry } from '../support/manifest-entry.ts';

const NOW = Date.parse('2026-11-24T00:00:00.000Z');
const LINES = '4:aGVhZGVyLmpwZw==:aW1hZ2UvanBlZw==:ARa\n4:aGVhZGVyLmpwZw==:aW1hZ2UvanBlZw==:ARb';
const ADDRESS = 'https://cdn.example.com/header.jpg';

const samples: Samples = {
  manifest: new Map([
    ['promo/header.jpg', makeEntry()],
    ['promo/large.jpg', makeEntry({ id: LINES })],
    ['promo/teaser.mp4', makeEntry({ id: '4:video', type: 'video/mp4' })],
    ['promo/terms.pdf', makeEntry({ id: '4:document', type: 'application/pdf' })],
    ['promo/old.jpg', makeEntry({ expiresAt: '2026-11-23T23:59:59.000Z' })],
    ['promo/ending.jpg', makeEntry({ expiresAt: '2026-11-24T00:00:00.000Z' })],
    ['promo/lasting.jpg', makeEntry({ expiresAt: '2026-11-24T00:00:00.001Z' })],
    ['promo/stated.jpg', makeEntry({ id: '4:eA==:eA==:AR:e:1763942399:x' })],
    ['promo/future.jpg', makeEntry({ uploadedAt: '2026-12-23T00:00:00.000Z' })],
    [
      'promo/swapped.jpg',
      makeEntry({ id: `4:${Buffer.from('0123456789abcdef.jpg').toString('base64')}:eA==:AR` }),
    ],
    ['promo/changed.jpg', makeEntry()],
    ['promo/locked.jpg', makeEntry()],
    ['promo/renamed.png', makeEntry()],
    ['promo/twin.jpg', makeEntry()],
    ['orders/twin.jpg', makeEntry()],
  ]),
  place: 'assets.json',
  contents: new Map([
    ['promo/header.jpg', { sha256: 'ab'.repeat(32) }],
    ['promo/changed.jpg', { sha256: 'cd'.repeat(32) }],
    ['promo/locked.jpg', { reason: 'it cannot be read: EACCES' }],
  ]),
  now: NOW,
};

const header = (format: string, example?: unknown) => ({ type: 'HEADER', format, example });
const image = (handle: unknown, url?: unknown) =>
  header('IMAGE', { header_handle: handle, ...(url === undefined ? {} : { custom_header_handle_url: url }) });
const template = (...components: unknown[]) => ({ name: 'sale', language: 'en', components });
const carousel = (...cards: unknown[]) => ({ type: 'CAROUSEL', cards });
const body = { type: 'BODY', text: 'Hello {{1}}', example: { body_text: [['you']] } };

describe('a template is filled in', () => {
  const cases: readonly { name: string; given: unknown[]; filled: unknown[] }[] = [
    { name: 'no header', given: [body], filled: [body] },
    {
      name: 'a text header',
      given: [{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}', example: { header_text: ['Ann'] } }],
      filled: [{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}', example: { header_text: ['Ann'] } }],
    },
    {
      name: 'a place',
      given: [{ type: 'HEADER', format: 'LOCATION' }],
      filled: [{ type: 'HEADER', format: 'LOCATION' }],
    },
    { name: 'an image', given: [image('promo/header.jpg'), body], filled: [image('4:Pz8xxxW8'), body] },
    {
      name: 'a video, in small letters',
      given: [header('video', { header_handle: 'promo/teaser.mp4' })],
      filled: [header('video', { header_handle: '4:video' })],
    },
    {
      name: 'a document',
      given: [header('DOCUMENT', { header_handle: 'promo/terms.pdf' })],
      filled: [header('DOCUMENT', { header_handle: '4:document' })],
    },
    {
      name: 'the cards of a carousel, each with its own',
      given: [
        body,
        carousel(
          { components: [image('promo/header.jpg'), body] },
          { components: [header('VIDEO', { header_handle: 'promo/teaser.mp4' })] },
        ),
      ],
      filled: [
        body,
        carousel(
          { components: [image('4:Pz8xxxW8'), body] },
          { components: [header('VIDEO', { header_handle: '4:video' })] },
        ),
      ],
    },
    {
      name: 'a list of one becomes text',
      given: [image(['promo/header.jpg'])],
      filled: [image('4:Pz8xxxW8')],
    },
    { name: 'an ID in a list becomes text', given: [image(['4:abc'])], filled: [image('4:abc')] },
    {
      name: 'an address beside it goes',
      given: [image('promo/header.jpg', ADDRESS)],
      filled: [image('4:Pz8xxxW8')],
    },
    { name: 'an address beside an ID goes', given: [image('4:abc', ADDRESS)], filled: [image('4:abc')] },
    {
      name: 'an ID that has not expired',
      given: [image('promo/lasting.jpg')],
      filled: [image('4:Pz8xxxW8')],
    },
    { name: 'an ID stays', given: [image('4:Pz8xxxW8')], filled: [image('4:Pz8xxxW8')] },
    {
      name: 'an ID that says until when it is good stays',
      given: [image('4:eA==:eA==:AR:e:1795478401:x')],
      filled: [image('4:eA==:eA==:AR:e:1795478401:x')],
    },
    { name: 'an ID of several lines stays', given: [image(LINES)], filled: [image(LINES)] },
    {
      name: 'an asset with an ID of several lines',
      given: [image('promo/large.jpg')],
      filled: [image(LINES)],
    },
    {
      name: 'what is no component, card or example',
      given: [null, 'x', carousel(null, { components: null }), { type: 'BODY', example: 'x' }],
      filled: [null, 'x', carousel(null, { components: null }), { type: 'BODY', example: 'x' }],
    },
  ];
  for (const { name, given, filled } of cases) {
    it(name, () => {
      const before = JSON.stringify(template(...given));
      const result = fillTemplate(JSON.parse(before), samples);
      // As text, so that the order of the keys counts.
      assert.equal(JSON.stringify(result), JSON.stringify({ filled: template(...filled) }));
    });
  }

  it('and the given one stays as it is', () => {
    const given = template(image('promo/header.jpg', ADDRESS));
    const before = structuredClone(given);
    fillTemplate(given, samples);
    assert.deepEqual(given, before);
  });

  it('with the order of keys, and keys that nobody knows', () => {
    const text =
      '{"x":{"__proto__":1},"components":[{"z":1,"example":{"b":2,"header_handle":"promo/header.jpg","a":[3]},"y":null}],"__proto__":{"n":"m"}}';
    const result = fillTemplate(JSON.parse(text), samples);
    assert.equal(JSON.stringify(result), `{"filled":${text.replace('promo/header.jpg', '4:Pz8xxxW8')}}`);
  });
});

describe('a template is not filled in', () => {
  const AT = /^components\[0\]\.example\.header_handle: /;
  const cases: readonly { name: string; component: unknown; says: RegExp }[] = [
    {
      name: 'a path that is no asset',
      component: image('promo/none.jpg'),
      says: /"promo\/none\.jpg" is not in assets\.json.*or upload the asset first$/,
    },
    {
      name: 'a path as seen from the template',
      component: image('header.jpg'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'a path that may mean two assets',
      component: image('twin.jpg'),
      says: /correct the path, or upload the asset first$/,
    },
    {
      name: 'the end of a name',
      component: image('eader.jpg'),
      says: /correct the path, or upload the asset first$/,
    },
    {
      name: 'a path with a dot',
      component: image('./promo/header.jpg'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'a path from a root',
      component: image('/promo/header.jpg'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'a path from above the template',
      component: image('../promo/header.jpg'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'a path with backslashes',
      component: image('promo\\header.jpg'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'a path in other letters',
      component: image('Promo/Header.JPG'),
      says: /write "promo\/header\.jpg"$/,
    },
    {
      name: 'an address',
      component: image(ADDRESS),
      says: /"https:\/\/cdn\.example\.com\/header\.jpg" is an address, .*2388273/,
    },
    { name: 'data in an address', component: image('data:image/png;base64,AA=='), says: /is an address/ },
    { name: 'a media ID', component: image('1013859600285441'), says: /perhaps a media ID/ },
    {
      name: 'an ID that was cut',
      component: image('4:abc\n'),
      says: /"4:abc\\u000a" is not in assets\.json and is no file ID/,
    },
    { name: 'an ID with a blank', component: image('4:abc def'), says: /is no file ID/ },
    {
      name: 'an ID that was written there and has expired',
      component: image('4:eA==:eA==:AR:e:1795478400:x'),
      says: /this file ID expired at 2026-11-24T00:00:00\.000Z; give the path/,
    },
    { name: 'nothing between quotes', component: image(''), says: /it is empty/ },
    { name: 'a number', component: image(7), says: /neither a text nor a list of one text/ },
    {
      name: 'a list of two',
      component: image(['4:a', '4:b']),
      says: /neither a text nor a list of one text/,
    },
    { name: 'an empty list', component: image([]), says: /neither a text nor a list of one text/ },
    {
      name: 'an ID that expired',
      component: image('promo/old.jpg'),
      says: /"promo\/old\.jpg" has an ID that expired at 2026-11-23T23:59:59\.000Z; upload it again/,
    },
    {
      name: 'an ID that expires now',
      component: image('promo/ending.jpg'),
      says: /expired at 2026-11-24T00:00:00\.000Z/,
    },
    {
      name: 'an ID that says so itself',
      component: image('promo/stated.jpg'),
      says: /expired at 2025-11-23T23:59:59\.000Z/,
    },
    { name: 'an ID of the future', component: image('promo/future.jpg'), says: /of the future \(2026-12-23/ },
    {
      name: 'an ID of another file',
      component: image('promo/swapped.jpg'),
      says: /has an ID that names another file; upload/,
    },
    {
      name: 'a file that has changed',
      component: image('promo/changed.jpg'),
      says: /"promo\/changed\.jpg" has changed since its ID was made; upload it again/,
    },
    { name: 'a name of another type', component: image('promo/renamed.png'), says: /has changed since/ },
    {
      name: 'a file that cannot be read',
      component: image('promo/locked.jpg'),
      says: /cannot be compared .*EACCES$/,
    },
    {
      name: 'a video for an image',
      component: image('promo/teaser.mp4'),
      says: /"promo\/teaser\.mp4" is video\/mp4, and a header of this format takes image\/jpeg or image\/png/,
    },
  ];
  for (const { name, component, says } of cases) {
    it(name, () => {
      const result = fillTemplate(template(component), samples);
      assert.ok('faults' in result);
      assert.equal(result.faults.length, 1);
      assert.match(result.faults[0] ?? '', AT);
      assert.match(result.faults[0] ?? '', says);
    });
  }

  for (const [name, component, fault] of [
    [
      'an address alone',
      header('IMAGE', { custom_header_handle_url: ADDRESS }),
      /^components\[0\]\.example\.custom_header_handle_url: NXCloud would take the sample from this address/,
    ],
    ['no sample', header('IMAGE'), /^components\[0\]: a header of format IMAGE needs a sample/],
    [
      'a sample that is null',
      header('document', { header_handle: null }),
      /^components\[0\]: a header of format DOCUMENT needs/,
    ],
    [
      'an empty address',
      header('VIDEO', { custom_header_handle_url: '' }),
      /^components\[0\]: a header of format VIDEO needs/,
    ],
  ] as const) {
    it(name, () => {
      const result = fillTemplate(template(component), samples);
      assert.ok('faults' in result);
      assert.match(result.faults.join('\n'), fault);
    });
  }

  for (const [name, given] of [
    ['a list', []],
    ['null', null],
    ['text', 'promo/header.jpg'],
    ['without components', { name: 'sale' }],
    ['with components that are no list', { components: {} }],
  ] as const) {
    it(`it is ${name}`, () => {
      assert.deepEqual(fillTemplate(given, samples), { faults: ['it has no list `components`'] });
    });
  }

  it('and all that is wrong is told at once, with its place', () => {
    const card = { components: [body, image('promo/none.jpg')] };
    const result = fillTemplate(
      template(image('promo/old.jpg'), body, carousel({ components: [image('4:a')] }, card)),
      samples,
    );
    assert.ok('faults' in result);
    assert.deepEqual(
      result.faults.map((fault) => fault.slice(0, fault.indexOf(': '))),
      ['components[0].example.header_handle', 'components[2].cards[1].components[1].example.header_handle'],
    );
  });
});

describe('the handles of a template', () => {
  it('are listed where they are text, of cards as well', () => {
    const given = template(image(['a.jpg']), body, image(7), carousel({ components: [image('b.jpg')] }));
    assert.deepEqual(listHandles(given), ['a.jpg', 'b.jpg']);
  });
});
