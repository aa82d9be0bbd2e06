// Shows the action at work: three runs of the bundle over a copy of a folder, against the simulator.
import { copyFile, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { type ActionResult, runAction } from '../runner/run-action.ts';
import { demoAccount, type Simulator, startSimulator } from '../simulator/server.ts';
import { addBrokenPng, addRemark, canTakeRemark, copyFolder, renameBeside } from './demo-folder.ts';
import {
  compareManifests,
  parseIds,
  renderLog,
  renderManifest,
  renderNames,
  renderSummary,
} from './demo-text.ts';

const sampleFolder = resolve(import.meta.dirname, '../examples/assets');
const manifestName = 'nxcloud-assets.json';
const galleryName = 'gallery.html';
const emptyManifest = '{"assets":{}}';
const copyLimit = 1024 ** 3;
const fourDays = 4 * 24 * 60 * 60;
const lineLimit = 40;

/** A run of the action and what the service and the checkout have to say about it. */
type Run = { result: ActionResult; requests: number; accepted: number; manifest: string };

/** What was not as expected; a run often fails as the one before. */
const failures = new Set<string>();

async function main(folder: string): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new Error(`${folder} is no folder`);
  const workspace = await mkdtemp(join(await realpath(tmpdir()), 'nxcloud-demo-'));
  // Ctrl+C, and a reader such as `head` that has seen enough, would skip the `finally` below.
  const leave = () => {
    rmSync(workspace, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', leave);
  process.stdout.once('error', leave);
  const simulator = await startSimulator({ expiresAfterSeconds: fourDays });
  try {
    await show(folder, workspace, simulator);
  } finally {
    await simulator.close();
    await rm(workspace, { recursive: true, force: true });
    process.off('SIGINT', leave);
  }
}

async function show(folder: string, workspace: string, simulator: Simulator): Promise<void> {
  const { copied, assets, leftOut } = await copyFolder(folder, workspace, copyLimit);
  if (assets === 0) {
    throw new Error(
      `${folder} holds no picture, video or document: npm run demo -- path/to/a/folder/with/some`,
    );
  }
  // A manifest of the folder's own speaks of another service.
  await rm(join(workspace, manifestName), { force: true });
  print(
    'NXCloud Template Assets uploads the sample media of WhatsApp templates and keeps the file ID of each one',
  );
  print(`in ${manifestName}. It sends only what is new or has changed.\n`);
  print(`A copy of ${folder} plays the checked-out repository: ${countOf(copied, 'file')}.`);
  if (leftOut.length > 0) print(`Left out, as they are links or cannot be read: ${renderNames(leftOut)}`);
  print(`A simulator on ${simulator.url} plays NXCloud. Nothing leaves this machine.`);

  heading('1. First run: every asset is new');
  const first = await runOnce(workspace, simulator);
  showRun(first);
  print(`\n  ${manifestName}, for your templates and later pipelines`);
  print(first.manifest === '' ? '    (none)' : renderManifest(first.manifest, 24));
  checkRun(first);

  heading('2. Second run: nothing has changed');
  const second = await runOnce(workspace, simulator);
  showRun(second);
  checkRun(second);
  check('no request was sent', second.requests === 0);
  check('the manifest is the same to the byte', second.manifest === first.manifest);

  await showChanges(workspace, simulator, second);
}

/** The third run, after changes that follow the second one. */
async function showChanges(workspace: string, simulator: Simulator, second: Run): Promise<void> {
  heading('3. Third run: one file changed, one renamed, one broken');
  const changes = await changeFiles(workspace, second.manifest);
  for (const line of changes.report) print(`  ${line}`);
  const third = await runOnce(workspace, simulator);
  showRun(third);
  print('\n  What became of the manifest');
  print(compareManifests(second.manifest || emptyManifest, third.manifest || emptyManifest));
  checkRun(third);
  check('only the changed file was uploaded', third.accepted === (changes.changed ? 1 : 0));
  check(
    'the renamed file kept its ID',
    third.result.outputs['reused-count'] === (changes.renamed ? '1' : '0'),
  );
  check('the old name is gone', third.result.outputs['removed-count'] === (changes.renamed ? '1' : '0'));
  const invalidBefore = Number(second.result.outputs['invalid-count']);
  check('the broken file was found', Number(third.result.outputs['invalid-count']) === invalidBefore + 1);
  check('and fails the step, which holds back nothing else', third.result.conclusion === 'failure');
  print(`\nThe gallery of this run, to open in a browser: ${await keepGallery(workspace)}`);
}

/** Copies the gallery to where it outlives the demo. */
async function keepGallery(workspace: string): Promise<string> {
  const kept = join(await mkdtemp(join(tmpdir(), 'nxcloud-gallery-')), galleryName);
  await copyFile(join(workspace, galleryName), kept);
  return kept;
}

async function runOnce(workspace: string, simulator: Simulator): Promise<Run> {
  simulator.reset();
  const result = await runAction({
    workspace,
    inputs: {
      files: '**',
      'access-key': demoAccount.accessKey,
      'access-secret': demoAccount.accessSecret,
      'business-phone': demoAccount.phones[0] ?? '',
      'api-url': simulator.url,
      'report-path': galleryName,
    },
    // No repository on GitHub has the files of this folder.
    context: { repository: '' },
    timeoutMs: 600_000,
  });
  return {
    result,
    requests: simulator.requestCount,
    accepted: simulator.acceptedCount,
    manifest: await readFile(join(workspace, manifestName), 'utf8').catch(() => ''),
  };
}

/** Changes, renames and breaks what the folder offers, and says what it did. */
async function changeFiles(workspace: string, manifest: string) {
  const ids = manifest === '' ? new Map<string, string>() : parseIds(manifest);
  const paths = await sortBySize(workspace, [...ids.keys()]);
  const toChange = paths.find(canTakeRemark);
  const toRename = paths.find((path) => path !== toChange);
  const report: string[] = [];
  if (toChange === undefined) report.push('changed: nothing, there is no valid JPEG or PNG');
  else {
    await addRemark(join(workspace, toChange), 'changed by the demo');
    report.push(`changed: ${renderNames([toChange])} (a comment inside, the picture stays)`);
  }
  if (toRename === undefined) report.push('renamed: nothing, there is no further asset');
  else
    report.push(
      `renamed: ${renderNames([toRename])} to ${renderNames([await renameBeside(workspace, toRename)])}`,
    );
  const broken = await addBrokenPng(workspace, dirname(toChange ?? toRename ?? '.'));
  report.push(`broken:  ${renderNames([broken])} (a GIF that calls itself PNG)`);
  return { report, changed: toChange !== undefined, renamed: toRename !== undefined };
}

async function sortBySize(workspace: string, paths: string[]): Promise<string[]> {
  const sized = await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(join(workspace, path))).size })),
  );
  return sized.sort((a, b) => a.size - b.size).map(({ path }) => path);
}

function showRun({ result, requests }: Run): void {
  print('\n  Log');
  print(renderLog(result.maskedLog, lineLimit));
  print('\n  Job summary');
  print(renderSummary(result.summary, lineLimit));
  print(
    `\n  ${countOf(requests, 'request')} to NXCloud, ${result.conclusion} after ${(result.durationMs / 1000).toFixed(1)} s`,
  );
}

function checkRun({ result, requests, accepted }: Run): void {
  const { outputs } = result;
  check(
    `${countOf(accepted, 'upload')} arrived, as the action says`,
    String(accepted) === outputs['uploaded-count'],
  );
  check('no request was refused', requests === accepted);
  const pending: string[] = JSON.parse(outputs.pending ?? '[]');
  check('nothing is pending', pending.length === 0, renderNames(pending));
  const clean = outputs['invalid-count'] === '0';
  check(clean ? 'the step succeeded' : 'invalid files failed the step', (result.exitCode === 0) === clean);
}

function check(claim: string, holds: boolean, found = ''): void {
  print(holds ? styleText('green', `  ✓ ${claim}`) : styleText('red', `  ✗ ${claim}`));
  if (!holds) failures.add(found === '' ? claim : `${claim}, but ${found}`);
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function heading(text: string): void {
  print(`\n${styleText('bold', text)}`);
}

function print(text: string): void {
  console.log(text);
}

try {
  // Where npm was called, which may be elsewhere than the folder that it runs this in.
  await main(resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? sampleFolder));
  if (failures.size > 0) throw new Error(`not as expected: ${[...failures].join('; ')}`);
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
