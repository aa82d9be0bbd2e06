// The endpoints through which people look into a simulator and queue answers.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { handleControl, parseFaultQueue } from '../../simulator/control.ts';
import { faultTable } from '../../simulator/faults.ts';
import { startSimulator } from '../../simulator/server.ts';
import { createContent, draftUpload, sendUpload } from './plain-client.ts';

async function start(t: TestContext) {
  const simulator = await startSimulator({ control: handleControl });
  t.after(() => simulator.close());
  const call = async (method: string, path: string, body?: string) => {
    const reply = await fetch(simulator.url + path, { method, ...(body === undefined ? {} : { body }) });
    return { status: reply.status, text: await reply.text() };
  };
  return { simulator, call };
}

describe('control', () => {
  it('shows what was received and forgets it', async (t) => {
    const { simulator, call } = await start(t);
    const draft = draftUpload();
    await sendUpload(simulator.url, draft);
    const { text } = await call('GET', '/simulator');
    const [upload] = JSON.parse(text);
    assert.equal(upload.verdict, 'accepted');
    assert.equal(upload.headers.biztype, '2');
    assert.equal(upload.headers.sign, draft.headers.sign);
    assert.equal((await call('DELETE', '/simulator')).text, '[]\n');
    assert.equal(simulator.requestCount, 0);
  });

  it('queues and clears faults', async (t) => {
    const { simulator, call } = await start(t);
    await call('POST', '/simulator/faults', '2 x code -1\n{"kind":"status","status":418}\n');
    const answers = [];
    for (let at = 0; at < 4; at += 1) answers.push((await sendUpload(simulator.url, draftUpload())).status);
    assert.deepEqual(answers, [200, 200, 418, 200]);
    assert.deepEqual(
      simulator.uploads.map(({ verdict }) => verdict),
      ['fault', 'fault', 'fault', 'accepted'],
    );
    await call('POST', '/simulator/faults', 'status 500');
    await call('POST', '/simulator/faults', '');
    assert.equal((await sendUpload(simulator.url, draftUpload())).status, 200);
  });

  it('holds replies until they are released', async (t) => {
    const { simulator, call } = await start(t);
    const replied: string[] = [];
    const send = async (name: string) => {
      await sendUpload(simulator.url, draftUpload(createContent(name)));
      replied.push(name);
    };
    assert.equal((await call('POST', '/simulator/hold')).text, '[]\n');
    const held = [send('a'), send('b')];
    await simulator.waitFor(() => simulator.acceptedCount === 2);
    await call('GET', '/simulator');
    assert.deepEqual(replied, []);
    assert.equal((await call('POST', '/simulator/release')).text, '[]\n');
    await Promise.all(held);
    await send('c');
    assert.deepEqual(replied.toSorted(), ['a', 'b', 'c']);
  });

  it('names the faults, and says what it does not know', async (t) => {
    const { call } = await start(t);
    assert.deepEqual(
      Object.keys(JSON.parse((await call('GET', '/simulator/faults')).text)),
      Object.keys(faultTable),
    );
    const unknown = await call('POST', '/simulator/faults', 'toString');
    assert.deepEqual([unknown.status, /no fault is called "toString"/.test(unknown.text)], [400, true]);
    assert.equal((await call('GET', '/simulator/else')).status, 404);
  });

  it('leaves all other paths to the service', async (t) => {
    const { simulator, call } = await start(t);
    assert.match((await call('GET', '/simulators')).text, /no such path/);
    assert.equal(simulator.requestCount, 1);
  });
});

describe('a queue of faults', () => {
  it('is read line by line', () => {
    assert.deepEqual(parseFaultQueue(' status 500 \n\n12 x {"kind":"lost-reply"}'), [
      { when: 'always', times: 1, fault: faultTable['status 500'] },
      { when: 'always', times: 12, fault: { kind: 'lost-reply' } },
    ]);
  });

  it('is refused for a fault without kind', () => {
    assert.throws(() => parseFaultQueue('{"status":500}'), { message: /needs a kind/ });
  });
});
