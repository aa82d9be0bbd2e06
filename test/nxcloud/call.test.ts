// The target: which account, number and host an ID belongs to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  computeTarget,
  type SignatureAlgorithm,
  type SignedParameters,
  signRequest,
} from '../../src/nxcloud/call.ts';

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

const secret = 'abciiiko2k3';
const call: SignedParameters = {
  accessKey: 'fme2na3kdi3ki',
  action: 'send',
  bizType: '1',
  ts: '1655710885431',
};
const upload: SignedParameters = {
  ...call,
  accessKey: 'fmexxx3ki',
  action: 'uploadTemplateFile',
  bizType: '2',
};

/** A call with a body, which the vendor signs behind the parameters. */
const withBody = (body: string): SignedParameters => ({ ...call, ts: `${call.ts}&body=${body}` });

type Vector = readonly [SignedParameters, SignatureAlgorithm, expected: string];
const vectors: Readonly<Record<string, Vector>> = {
  'a body, published': [withBody('{"name":"牛小信","id":10001}'), 'md5', '87c3560d3331ae23f1021e2025722354'],
  'other order of keys, published': [
    withBody('{"id":10001,"name":"牛小信"}'),
    'md5',
    '7750759da06333f20d0640be09355e34',
  ],
  'other blanks, published': [
    withBody('{"id": 10001, "name": "牛小信"}'),
    'md5',
    'd0c24a9886c629330d7f3f2056c65bc2',
  ],
  'no body': [call, 'md5', '884afe159e39b6c88a0d6102ca97d704'],
  'an upload': [upload, 'md5', '8b6474b3ee352f29406b9f4b006fedef'],
  'an upload by SHA-256': [
    upload,
    'sha256',
    'bebad84df97a64b0066d953cf54d315b4572db72dfe990abdffec4c7b0a2edd3',
  ],
};

describe('signRequest', () => {
  for (const [name, [parameters, algorithm, expected]] of Object.entries(vectors)) {
    it(`signs ${name}`, () => assert.equal(signRequest(parameters, secret, algorithm), expected));
  }
});
