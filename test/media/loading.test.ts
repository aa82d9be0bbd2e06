// The MP4 parser is large; runs without videos must not pay for it.
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { it } from 'node:test';
import { inspectMedia } from '../../media/inspect.ts';
import { readSample, sourceOf } from './byte-sources.ts';

it('loads mp4box only for an MP4', async () => {
  const requested: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      requested.push(specifier);
      return next(specifier, context);
    },
  });
  try {
    await inspectMedia('image/png', sourceOf(readSample('png-rgb.png')));
    await inspectMedia('image/jpeg', sourceOf(readSample('jpeg-phone.jpg')));
    await inspectMedia('application/pdf', sourceOf(readSample('pdf-object-streams.pdf')));
    assert.ok(!requested.includes('mp4box'), requested.join());
    await inspectMedia('video/mp4', sourceOf(readSample('mp4-main.mp4')));
    assert.ok(requested.includes('mp4box'), requested.join());
  } finally {
    hooks.deregister();
  }
});
