// The target: which account, number and host an ID belongs to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { computeTarget } from '../../src/nxcloud/target.ts';

describe('computeTarget', () => {
  // By `printf 'api2.nxcloud.com\n4915112345678' | openssl dgst -sha256 -hmac demo-access-key`.
  const known = '4929ab64d45f38c1';
  const phone = '4915112345678';
  const target = (key: string, url: string, number: string) => computeTarget(key, new URL(url), number);

  it('is the first 16 hex digits of the HMAC', () => {
    assert.equal(target('demo-access-key', 'https://api2.nxcloud.com', phone), known);
  });

  const same = {
    'the default port': 'https://api2.nxcloud.com:443',
    'a path': 'https://api2.nxcloud.com/base/',
    'the case of the host': 'https://API2.nxcloud.com',
  };
  for (const [name, url] of Object.entries(same)) {
    it(`does not depend on ${name}`, () => assert.equal(target('demo-access-key', url, phone), known));
  }

  it('depends on a port that is not the default', () => {
    // Likewise of '127.0.0.1:8443\n4915112345678'.
    assert.equal(target('demo-access-key', 'https://127.0.0.1:8443', phone), '3b781b616aff6d17');
  });

  const other: Readonly<Record<string, readonly [string, string, string]>> = {
    key: ['other-access-key', 'https://api2.nxcloud.com', phone],
    host: ['demo-access-key', 'https://api3.nxcloud.com', phone],
    number: ['demo-access-key', 'https://api2.nxcloud.com', '4915112345679'],
  };
  for (const [name, values] of Object.entries(other)) {
    it(`depends on the ${name}`, () => assert.notEqual(target(...values), known));
  }
});
