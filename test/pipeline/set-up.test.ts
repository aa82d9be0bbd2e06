// From inputs to a run that may begin: what is said of secrets and of what is missing or wrong.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StepError } from '../../src/text/errors.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';

const LONG = 'a-long-enough-secret';

describe('secrets', () => {
  it('are masked before anything is said, and taken out of the environment', (t) => {
    const { told, forgotten } = makeRun(
      t,
      { mode: 'check', 'access-secret': 'short', token: LONG },
      {},
      { env: { https_proxy: 'http://user:a-password@127.0.0.1:1' } },
    );
    assert.equal(told[0], `mask: short | ${LONG} | a-password`);
    assert.deepEqual(forgotten, ['access-key', 'access-secret', 'token']);
  });

  const cases: readonly (readonly [string, string | undefined])[] = [
    [`${LONG}\nab\n${LONG}`, 'access-secret has a line of only 2 characters'],
    ['abcdefg', 'access-secret has only 7 characters'],
    ['x', 'access-secret has only 1 character'],
    ['abcdefgh', undefined],
    [`${LONG}\n\n${LONG}`, undefined],
    ['', undefined],
  ];
  for (const [secret, said] of cases) {
    it(`are warned of where they are too short to be hidden: ${JSON.stringify(secret)}`, (t) => {
      const { told } = makeRun(t, { mode: 'check', 'access-secret': secret });
      assert.deepEqual(told.slice(1), said === undefined ? [] : [`warning: ${said}: That is a risk.`]);
    });
  }

  it('in a proxy’s address are warned of, too', (t) => {
    const { told } = makeRun(
      t,
      { mode: 'check' },
      {},
      { env: { https_proxy: 'http://user:pass@127.0.0.1:1' } },
    );
    assert.deepEqual(told.slice(1), ['warning: the proxy’s address has only 4 characters: That is a risk.']);
  });

  it('are not warned of where nothing threatens them', (t) => {
    const given = { mode: 'check', 'access-secret': 'x' };
    assert.equal(makeRun(t, given, {}, { shortSecretRisk: undefined }).told.length, 1);
  });
});

describe('what is missing or wrong is told at once, with the remedy', () => {
  const cases: readonly (readonly [Given, RegExp])[] = [
    [{ ...credentials, 'access-key': '' }, /^Wrong input\. access-key: is missing; give access-key\.$/],
    [{}, /^3 inputs are wrong:\n {2}access-key: .*\n {2}access-secret: .*\n {2}business-phone: .*$/],
    [
      { ...credentials, mode: 'commit' },
      /^Wrong input\. token: is missing; mode commit needs one, .*github\.token/,
    ],
    [{ ...credentials, mode: 'pull-request' }, /^Wrong input\. token: .* mode pull-request needs one, /],
    [{ ...credentials, retries: 'x' }, /^Wrong input\. retries: "x" /],
    [
      { 'manifest-path': '../a.json', 'report-path': '/elsewhere/b.html' },
      /^5 inputs are wrong:.*\n {2}manifest-path: .*\n {2}report-path: .*\n {2}access-key: .*\n {2}business-phone: /s,
    ],
  ];
  for (const [given, said] of cases) {
    it(`${said}`, (t) => {
      assert.throws(
        () => makeRun(t, given),
        (error) => error instanceof StepError && error.code === 'input-wrong' && said.test(error.message),
      );
    });
  }

  it('a check needs neither credentials nor a token', (t) => {
    const { run, told } = makeRun(t, { mode: 'check' });
    assert.equal(run.mode, 'check');
    assert.equal(run.rules.target, undefined);
    assert.equal(told.length, 1);
  });

  it('with key and number it judges targets', (t) => {
    const { run } = makeRun(t, { ...credentials, mode: 'check', 'access-secret': '' });
    assert.match(run.rules.target ?? '', /^[0-9a-f]{16}$/);
  });
});
