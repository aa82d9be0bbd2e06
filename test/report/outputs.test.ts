// The outputs: every one always set, within what GitHub passes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Outcome, Status } from '../../src/outcome.ts';
import { buildOutputs as buildWithin } from '../../src/report/outputs.ts';
import { makeOutcome } from '../support/outcome.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

const facts = {
  mode: 'output',
  'manifest-path': 'nxcloud-assets.json',
  changed: 'false',
  'commit-sha': '',
  'pull-request-number': '',
  'pull-request-url': '',
};
const MOST = 400_000;
const JSON_OUTPUTS = ['manifest', 'uploaded', 'reused', 'removed', 'pending', 'invalid'];

const buildOutputs = (outcomes: readonly Outcome[], texts: Readonly<Record<string, string>>) =>
  buildWithin(outcomes, texts, MOST);

const measure = (outputs: Readonly<Record<string, string>>): number => Object.values(outputs).join('').length;

describe('buildOutputs', () => {
  it('sets exactly the outputs that are declared, also when nothing is known', () => {
    const action = readFileSync(join(import.meta.dirname, '../../action.yml'), 'utf8');
    const declared = Object.keys(parse(action).outputs);
    const outputs = buildOutputs([], { ...facts, mode: '', 'manifest-path': '' });
    assert.deepEqual(Object.keys(outputs).sort(), declared.sort());
    assert.deepEqual(outputs, {
      manifest: '{}',
      uploaded: '[]',
      reused: '[]',
      removed: '[]',
      pending: '[]',
      invalid: '[]',
      'manifest-path': '',
      changed: 'false',
      'commit-sha': '',
      'pull-request-number': '',
      'pull-request-url': '',
      mode: '',
      'uploaded-count': '0',
      'reused-count': '0',
      'unchanged-count': '0',
      'removed-count': '0',
      'pending-count': '0',
      'invalid-count': '0',
      truncated: 'false',
    });
  });

  it('repeats the texts', () => {
    const texts = {
      mode: 'pull-request',
      'manifest-path': 'a/b.json',
      changed: 'true',
      'commit-sha': 'c0ffee',
      'pull-request-number': '7',
      'pull-request-url': 'https://github.com/o/r/pull/7',
    };
    assert.partialDeepStrictEqual(buildOutputs([], texts), texts);
  });

  it('lists and counts by status; the manifest holds what is current', () => {
    const outputs = buildOutputs(
      [
        makeOutcome('1', 'uploaded', { id: '4:1' }),
        makeOutcome('2', 'reused', { id: '4:2\n4:2' }),
        makeOutcome('3', 'unchanged', { id: '4:3' }),
        makeOutcome('4', 'removed'),
        makeOutcome('5', 'pending'),
        makeOutcome('6', 'pending'),
        makeOutcome('7', 'invalid'),
        makeOutcome('8', 'superseded', { id: '4:8', done: 'uploaded' }),
        makeOutcome('9', 'superseded', { id: '4:9', done: 'unchanged' }),
        makeOutcome('a', 'superseded', { done: 'removed' }),
      ],
      facts,
    );
    assert.equal(outputs.manifest, '{"1":"4:1","2":"4:2\\n4:2","3":"4:3","8":"4:8","9":"4:9"}');
    assert.equal(outputs.uploaded, '["1","8"]');
    assert.equal(outputs.reused, '["2"]');
    assert.equal(outputs.removed, '["4"]');
    assert.equal(outputs.pending, '["5","6"]');
    assert.equal(outputs.invalid, '["7"]');
    const counts = ['uploaded', 'reused', 'unchanged', 'removed', 'pending', 'invalid'];
    assert.deepEqual(
      counts.map((name) => outputs[`${name}-count`]),
      ['2', '1', '2', '1', '2', '1'],
    );
  });

  it('keeps paths that are special to JavaScript', () => {
    const paths = ['__proto__', 'constructor', 'toString', '\n::error::x', '"'];
    const outputs = buildOutputs(
      paths.map((path) => makeOutcome(path, 'uploaded', { id: `4:${path}` })),
      facts,
    );
    const manifest: Record<string, string> = JSON.parse(outputs.manifest ?? '');
    assert.deepEqual(
      Object.entries(manifest),
      paths.map((path) => [path, `4:${path}`]),
    );
    assert.deepEqual(JSON.parse(outputs.uploaded ?? ''), paths);
  });

  it('leaves out the largest first, and says so', () => {
    const id = 'x'.repeat(60_000);
    const outcomes = [
      ...Array.from({ length: 10 }, (_, at) => makeOutcome(`u${at}`, 'uploaded', { id })),
      makeOutcome('p', 'pending'),
    ];
    const outputs = buildOutputs(outcomes, facts);
    assert.equal(outputs.manifest, '{}');
    assert.equal(outputs.truncated, 'true');
    assert.equal(JSON.parse(outputs.uploaded ?? '').length, 10);
    assert.equal(outputs.pending, '["p"]');
    assert.equal(outputs['uploaded-count'], '10');
  });

  it('empties lists as well when leaving out the manifest is not enough', () => {
    const long = 'x'.repeat(MOST / 3);
    const outcomes = [
      ...Array.from({ length: 3 }, (_, at) => makeOutcome(`${at}${long}`, 'pending')),
      makeOutcome(`i${long}`, 'invalid'),
      makeOutcome('u', 'uploaded', { id: '4:u' }),
    ];
    const outputs = buildOutputs(outcomes, facts);
    assert.equal(outputs.pending, '[]');
    assert.equal(outputs['pending-count'], '3');
    assert.equal(JSON.parse(outputs.invalid ?? '').length, 1);
    assert.equal(outputs.manifest, '{"u":"4:u"}');
    assert.equal(outputs.truncated, 'true');
  });

  it('stays under the limit to the character, and uses it', () => {
    const rest = measure(buildOutputs([makeOutcome('u', 'uploaded', { id: '' })], facts));
    const outputsOf = (length: number): Readonly<Record<string, string>> =>
      buildOutputs([makeOutcome('u', 'uploaded', { id: 'x'.repeat(length) })], facts);
    const fits = outputsOf(MOST - rest - 1);
    assert.equal(measure(fits), MOST - 1);
    assert.equal(fits.truncated, 'false');
    const over = outputsOf(MOST - rest);
    assert.equal(over.truncated, 'true');
    assert.equal(over.manifest, '{}');
  });

  it('is under the limit and valid JSON, whatever came of the run', () => {
    const status = fc.constantFrom<Status[]>(
      'uploaded',
      'reused',
      'removed',
      'pending',
      'invalid',
      'unchanged',
      'superseded',
    );
    const outcome = fc
      .tuple(
        fc.string({ unit: codePoint, minLength: 1, maxLength: 6 }),
        status,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('x', '\n', '"', 'é', '\u{1f600}'),
      )
      .map(([path, status, thousands, unit]): Outcome => {
        const hasId = status === 'uploaded' || status === 'reused' || status === 'unchanged';
        const long = path.repeat(Math.ceil((thousands * 400) / path.length));
        return makeOutcome(long, status, hasId ? { id: unit.repeat(thousands * 1000) } : {});
      });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 14 }), (outcomes) => {
        const outputs = buildOutputs(outcomes, facts);
        assert.ok(measure(outputs) < MOST);
        const emptied = JSON_OUTPUTS.filter((name) => /^(\{\}|\[\])$/.test(outputs[name] ?? ''));
        for (const name of JSON_OUTPUTS) JSON.parse(outputs[name] ?? '');
        if (outputs.truncated === 'true') assert.ok(emptied.length > 0);
      }),
      { seed: 6, numRuns: triesOf(200) },
    );
  });
});
