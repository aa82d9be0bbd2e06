// Secrets are taken out of foreign text, in every form it may write them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeRedactor } from '../../src/text/redact.ts';

const cases: Readonly<
  Record<string, readonly [secrets: readonly string[], phone: string, text: string, expected: string]>
> = {
  'a secret': [['s3cret-key'], '', 'the key s3cret-key is wrong', 'the key *** is wrong'],
  'each occurrence': [['s3cret'], '', 's3cret and s3cret', '*** and ***'],
  'each line of a secret': [['line one\nline two'], '', 'said line two', 'said ***'],
  'a secret of several lines': [['one-1\ntwo-2'], '', 'said one-1\ntwo-2.', 'said ***.'],
  'a secret as JSON writes it': [['a"b\\c'], '', '{"echo":"a\\"b\\\\c"}', '{"echo":"***"}'],
  'a secret as addresses write it': [['a b&c'], '', '?key=a%20b%26c', '?key=***'],
  'a secret as others write JSON': [
    ['k3y/=&<é'],
    '',
    'k3y\\/=&<\\u00e9, k3y\\u002f\\u003D\\u0026\\u003cé',
    '***, ***',
  ],
  'a secret as other addresses write it': [['k3y/=é'], '', 'k3y%2f%3D%C3%a9', '***'],
  'a secret as HTML writes it': [['k3y&"-'], '', 'k3y&amp;&quot;&#45; k3y&#x26;&#34;&#0045;', '*** ***'],
  'the longest first': [['abcd', 'abcd-efgh'], '', 'abcd-efgh', '***'],
  'empty ones not at all': [['', ' '], '', 'a b', 'a b'],
  'a number': [[], '4915112345678', 'to 4915112345678.', 'to …5678.'],
  'a number with separators': [[], '+49 151 12345678', 'to +49 (151) 1234-5678.', 'to +…5678.'],
  'a number with dots or dashes': [[], '4915112345678', '49.151.1234.5678, 49‑151/12345678', '…5678, …5678'],
  'a number without its country code': [[], '4915112345678', 'to 15112345678!', 'to …5678!'],
  'the shortest number': [[], '1234567', 'to 123-4567!', 'to …4567!'],
  'no number of few digits': [[], '5', 'give 7 to 15 digits', 'give 7 to 15 digits'],
  'no number, where none is given': [[], '', 'to 4915112345678', 'to 4915112345678'],
};

describe('makeRedactor', () => {
  for (const [name, [secrets, phone, text, expected]] of Object.entries(cases)) {
    it(`hides ${name}`, () => assert.equal(makeRedactor(secrets, phone)(text), expected));
  }

  it('hides the signatures that are known by then, within longer digits and in any case', () => {
    const [first, second] = ['0f'.repeat(16), '1e'.repeat(32)];
    const signatures = new Set<string>();
    const redact = makeRedactor([], '', signatures);
    assert.equal(redact(`said ${first}`), `said ${first}`);
    signatures.add(first).add(second);
    assert.equal(redact(`a${first}b, ${first.toUpperCase()}${second}`), 'a***b, ******');
    assert.equal(redact(`hash ${'ab'.repeat(32)}`), `hash ${'ab'.repeat(32)}`);
    assert.equal(redact(first.repeat(30_000)), '***'.repeat(30_000));
  });

  it('gives up soon on text that is nearly a secret of many special characters', () => {
    const secret = `a${'-/+'.repeat(40)}b`;
    const text = `${secret.slice(0, -1)}c`.repeat(100);
    assert.equal(makeRedactor([secret], '')(text), text);
  });
});
