// Which signals tell that a run was cancelled, on each platform.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listEndingSignals } from '../../src/pipeline/cancellation.ts';

const rows = {
  linux: ['SIGINT', 'SIGTERM'],
  darwin: ['SIGINT', 'SIGTERM'],
  win32: ['SIGINT', 'SIGTERM', 'SIGBREAK'],
} as const;
for (const [platform, signals] of Object.entries(rows)) {
  it(platform, () => assert.deepEqual(listEndingSignals(platform as NodeJS.Platform), signals));
}
