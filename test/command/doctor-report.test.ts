// What the doctor writes about replies that the simulator does not give.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  inspectId,
  type Diagnosis,
  type IdForm,
  type Probe,
  describeDiagnosis,
} from '../../src/command/doctor-report.ts';

const form: IdForm = {
  shortened: '4:ab…yz',
  characters: 300,
  lines: 1,
  fields: [8],
  namesFile: true,
  namesType: true,
  statedExpiry: '2026-11-27T05:33:00.000Z',
  statedDays: 4,
};

function makeProbe(overrides: Partial<Probe> = {}): Probe {
  const envelope = { code: 0, message: 'Request successful' };
  return { isAccepted: true, message: '', status: 200, envelope, id: undefined, ...overrides };
}

function makeDiagnosis(overrides: Partial<Diagnosis> = {}): Diagnosis {
  const [md5, sha256, wrongSignature] = [makeProbe(), makeProbe(), makeProbe({ isAccepted: false })];
  return { api: 'x', phone: '6152', md5, sha256, wrongSignature, clockDifferenceMs: 0, ...overrides };
}

describe('describeDiagnosis', () => {
  const withForm = (overrides: Partial<IdForm>): Partial<Diagnosis> => ({
    sha256: makeProbe({ id: { ...form, ...overrides } }),
  });
  const table: readonly (readonly [name: string, Partial<Diagnosis>, said: RegExp])[] = [
    [
      'an accepted upload',
      {},
      /^Upload signed with md5 {5}accepted, HTTP 200, code 0 "Request successful"$/m,
    ],
    [
      'a service that looks at no signature',
      { wrongSignature: makeProbe() },
      /^Wrong signature +accepted, HTTP 200, code 0/m,
    ],
    [
      'a code without a message',
      { wrongSignature: makeProbe({ isAccepted: false, envelope: { code: 1003, message: '' } }) },
      /^Wrong signature +HTTP 200, code 1003$/m,
    ],
    ['a clock that differs by less than two seconds', { clockDifferenceMs: -1999 }, /^Clock +agrees with/m],
    [
      'a clock that is late',
      { clockDifferenceMs: 2000 },
      /^Clock +this machine is 2\.0 s behind the service$/m,
    ],
    [
      'a clock that is early',
      { clockDifferenceMs: -60_000 },
      /^Clock +this machine is 60\.0 s ahead of the service$/m,
    ],
    ['an ID from the second upload alone', withForm({}), /^File ID +4:ab…yz$/m],
    [
      'an ID whose lines differ',
      withForm({ lines: 2, fields: [8, 4] }),
      /2 lines, 300 characters, 8 or 4 fields/,
    ],
    ['an ID that tells name and type', withForm({}), /^ {2}readable in it +file name, type$/m],
    ['an ID that tells the name', withForm({ namesType: false }), /^ {2}readable in it +file name$/m],
    ['an ID that tells the type', withForm({ namesFile: false }), /^ {2}readable in it +type$/m],
    [
      'an ID that tells neither',
      withForm({ namesFile: false, namesType: false }),
      /^ {2}readable in it +nothing of what was sent$/m,
    ],
    ['an expiry', withForm({}), /^ {2}stated expiry +2026-11-27T05:33:00\.000Z, 4 days after the upload$/m],
    ['no expiry', withForm({ statedExpiry: undefined }), /^ {2}stated expiry +none$/m],
  ];
  for (const [name, overrides, said] of table) {
    it(`tells of ${name}`, () => assert.match(describeDiagnosis(makeDiagnosis(overrides)), said));
  }

  it('says nothing of an ID when there is none', () => {
    assert.doesNotMatch(describeDiagnosis(makeDiagnosis()), /File ID|expiry/);
  });
});

describe('inspectId', () => {
  for (const id of ['', 'abc']) {
    it(`finds nothing that is known in "${id}"`, () => {
      assert.deepEqual(inspectId(id, { sha256: 'a'.repeat(64), type: 'image/png' }, 0), {
        shortened: id,
        characters: id.length,
        lines: 1,
        fields: [1],
        namesFile: false,
        namesType: false,
        statedExpiry: undefined,
        statedDays: undefined,
      });
    });
  }
});
