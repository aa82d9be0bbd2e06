// The multipart form without a server: its frame, and its body piece by piece.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OpenFile } from '../../src/files/open-file.ts';
import { frameForm, streamBody } from '../../src/nxcloud/form.ts';
import { PhaseLimit } from '../../src/nxcloud/troubles.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const text = 'The picture, as bytes.';
const sha256 = createHash('sha256').update(text).digest('hex');

describe('frameForm', () => {
  it('has the fields in order, and room for the file', () => {
    const content = { file: '', type: 'image/png', sha256, size: text.length } as const;
    const { head, tail, contentType } = frameForm(content, '4915112345678');
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(contentType)?.[1] ?? '';
    assert.notEqual(boundary, '');
    const fields = [...head.toString().matchAll(/name="(\w+)"(?:; filename="([^"]+)")?/g)];
    assert.deepEqual(
      fields.map(([, name]) => name),
      ['messaging_product', 'business_phone', 'type', 'file'],
    );
    assert.equal(fields.at(-1)?.[2], `${sha256.slice(0, 16)}.png`);
    assert.ok(head.toString().endsWith('Content-Type: image/png\r\n\r\n'));
    assert.equal(tail.toString(), `\r\n--${boundary}--\r\n`);
  });
});

describe('streamBody', () => {
  it('gives frame and file, and tells how far it is', async (t) => {
    using file = new OpenFile(join(makeFolder(t, { a: text }), 'a'));
    const limit = new PhaseLimit(1000);
    t.after(() => limit.clear());
    const content = { file: '', type: 'image/png', sha256, size: text.length } as const;
    const frame = { head: Buffer.from('<'), tail: Buffer.from('>'), contentType: '' };
    const seen: string[] = [];
    let body = '';
    assert.equal(limit.phase, 'connecting');
    for await (const piece of streamBody(frame, file, content, 10, limit)) {
      body += piece;
      seen.push(limit.phase);
    }
    assert.equal(body, `<${text}>`);
    assert.deepEqual(seen, ['sending', 'sending', 'sending', 'sending', 'replying']);
  });
});
