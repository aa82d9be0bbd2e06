// Holds the simulator's own signature to the vendor's published and computed vectors.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { computeExpectedSignature } from '../../simulator/signature.ts';

const published = { accessKey: 'fme2na3kdi3ki', action: 'send', bizType: '1', ts: '1655710885431' };
const upload = { accessKey: 'fmexxx3ki', action: 'uploadTemplateFile', bizType: '2', ts: '1655710885431' };

const vectors = [
  {
    values: { ...published, body: '{"name":"牛小信","id":10001}' },
    algorithm: 'md5',
    sign: '87c3560d3331ae23f1021e2025722354',
  },
  {
    values: { ...published, body: '{"id":10001,"name":"牛小信"}' },
    algorithm: 'md5',
    sign: '7750759da06333f20d0640be09355e34',
  },
  {
    values: { ...published, body: '{"id": 10001, "name": "牛小信"}' },
    algorithm: 'md5',
    sign: 'd0c24a9886c629330d7f3f2056c65bc2',
  },
  { values: published, algorithm: 'md5', sign: '884afe159e39b6c88a0d6102ca97d704' },
  { values: upload, algorithm: 'md5', sign: '8b6474b3ee352f29406b9f4b006fedef' },
  {
    values: upload,
    algorithm: 'sha256',
    sign: 'bebad84df97a64b0066d953cf54d315b4572db72dfe990abdffec4c7b0a2edd3',
  },
] as const;

describe('the signature the simulator expects', () => {
  for (const { values, algorithm, sign } of vectors) {
    it(`${algorithm} of ${JSON.stringify(values)}`, () => {
      assert.equal(computeExpectedSignature(values, 'abciiiko2k3', algorithm), sign);
    });
  }
});
