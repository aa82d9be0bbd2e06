// Makes tiny actions and checkouts in temporary folders.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** An action with this script and these lines of `inputs:`; both folders vanish after the test. */
export async function createAction(
  t: TestContext,
  script: string,
  inputs = '{}',
): Promise<{ actionDirectory: string; workspace: string }> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'action-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const actionDirectory = join(directory, 'action');
  const workspace = join(directory, 'workspace');
  await mkdir(join(actionDirectory, 'dist'), { recursive: true });
  await mkdir(workspace);
  await writeFile(join(actionDirectory, 'dist/main.mjs'), script);
  await writeFile(
    join(actionDirectory, 'action.yml'),
    `name: tiny\ninputs: ${inputs}\nruns:\n  using: node24\n  main: dist/main.mjs\n`,
  );
  return { actionDirectory, workspace };
}
