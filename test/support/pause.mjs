// Preloaded into a child process: it stands still at a place of its way, the whole of it, until the file PAUSE_UNTIL is
// there. PAUSE_AT is a regular expression for a line it prints, or `sync` for the moment before a file is synced to the
// disk, at which it prints `(sync)`.
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';

const { PAUSE_AT = '', PAUSE_UNTIL = '' } = process.env;
const turn = new Int32Array(new SharedArrayBuffer(4));
const stand = () => {
  while (!existsSync(PAUSE_UNTIL)) Atomics.wait(turn, 0, 0, 5);
};

if (PAUSE_AT === 'sync') {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = prototype;
  prototype.sync = function () {
    if (!existsSync(PAUSE_UNTIL)) process.stdout.write('(sync)\n');
    stand();
    return sync.call(this);
  };
} else {
  const place = new RegExp(PAUSE_AT, 'm');
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text, ...rest) => {
    const isTaken = write(text, ...rest);
    if (place.test(String(text))) stand();
    return isTaken;
  };
}
