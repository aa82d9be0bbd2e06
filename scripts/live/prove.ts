// The whole proof: facts, scenes, and the removal of every branch that it made.
import { startSimulator } from '../../simulator/server.ts';
import { describeError } from '../../src/text/errors.ts';
import { Caller, type Connection } from './caller.ts';
import { COMMENT_SCENE } from './comment-scene.ts';
import { COMMIT_SCENES, type Scene } from './commit-scenes.ts';
import { Ground, type Sizes } from './ground.ts';
import { PULL_SCENES } from './pull-scenes.ts';
import { READ_ONLY_SCENES } from './read-only-scenes.ts';
import { type Claim, type RunFacts, Stage } from './stage.ts';
import { type Access, type Row, tryFacts } from './trial.ts';
import { TRIALS } from './trials.ts';

export interface ProofOptions {
  readonly connection: Connection;
  readonly run: Omit<RunFacts, 'apiUrl' | 'token'>;
  /** Tells apart the runs of one workflow run: `linux`. */
  readonly system: string;
  readonly access: Access;
  /** What is to be tried. */
  readonly parts: readonly ('facts' | 'scenes')[];
  readonly sizes: Sizes;
  /** Told each result as it comes. */
  readonly onRow: (row: Row) => void;
  readonly onScene: (scene: PlayedScene) => void;
}

/** What came of a scene; without an error and with all claims true it passed. */
export interface PlayedScene {
  readonly name: string;
  readonly claims: readonly Claim[];
  readonly error: string | undefined;
  readonly logs: readonly string[];
}

/** What came of it all. */
export interface Proof {
  readonly rows: readonly Row[];
  readonly scenes: readonly PlayedScene[];
  /** Branches that could not be removed. */
  readonly left: readonly string[];
  /** Requests of the script itself. */
  readonly requests: number;
}

/** Tries facts and plays scenes, and removes its branches whatever happens. */
export async function prove(options: ProofOptions): Promise<Proof> {
  const { connection, run, system, access, parts, sizes } = options;
  const caller = new Caller(connection);
  // Two jobs of a workflow run may be on the same system at the same time.
  const prefix = `live-${run.runId}-${access === 'read' ? 'read-' : ''}${system}-`;
  const ground = new Ground(caller, prefix, sizes);
  // When the run is ended, or has sent too much, its branches are to be removed all the same.
  const lasting = new Caller({ ...connection, signal: new AbortController().signal });
  const remover = new Ground(lasting, prefix, sizes);
  const isOwn = new RegExp(`^(?:nxcloud-assets/)?live-\\d+-${system}-`);
  let rows: readonly Row[] = [];
  let scenes: readonly PlayedScene[] = [];
  let left: readonly string[] = [];
  try {
    // What a killed run left would be in the way of a repeated one.
    if (access === 'write') await removeBranches(remover, isOwn);
    const { signal } = connection;
    if (parts.includes('facts'))
      rows = await unlessAborted(signal, tryFacts(ground, access, TRIALS, options.onRow));
    if (parts.includes('scenes')) scenes = await unlessAborted(signal, playScenes(ground, options));
  } finally {
    if (access === 'write') left = await removeBranches(remover, isOwn);
  }
  return { rows, scenes, left, requests: caller.requests + lasting.requests };
}

/** Waits for work, but not for a running action when the run is ended. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
  return await Promise.race([work, aborted]);
}

/** Whether a proof failed: a fact that is known is otherwise, a scene did not pass, or a branch is left. */
export function hasFailed({ rows, scenes, left }: Proof): boolean {
  const isWrong = rows.some(({ verdict, isOpen }) => verdict === 'otherwise' && !isOpen);
  return isWrong || !scenes.every(hasPassed) || left.length > 0;
}

/** Whether a scene ended and all its claims are true. */
export function hasPassed({ claims, error }: PlayedScene): boolean {
  return error === undefined && claims.every(({ holds }) => holds);
}

async function playScenes(ground: Ground, options: ProofOptions): Promise<readonly PlayedScene[]> {
  const { connection, run, access } = options;
  const facts = { ...run, apiUrl: connection.apiUrl, token: connection.token };
  const scenes = access === 'read' ? READ_ONLY_SCENES : [...COMMIT_SCENES, ...PULL_SCENES, COMMENT_SCENE];
  const simulator = await startSimulator();
  const played: PlayedScene[] = [];
  try {
    for (const scene of scenes) {
      const done = await playScene(scene, new Stage(ground, simulator, facts));
      played.push(done);
      options.onScene(done);
    }
  } finally {
    await simulator.close();
  }
  return played;
}

async function playScene({ name, play }: Scene, stage: Stage): Promise<PlayedScene> {
  try {
    await play(stage);
    return { name, claims: stage.claims, error: undefined, logs: stage.logs };
  } catch (error) {
    stage.ground.caller.throwIfEnded();
    return { name, claims: stage.claims, error: describeError(error), logs: stage.logs };
  } finally {
    await stage.clear();
  }
}

/** Removes the branches of this system's runs, of which there is one at a time, and gives those that are left. */
async function removeBranches(ground: Ground, isOwn: RegExp): Promise<readonly string[]> {
  const list = async (): Promise<readonly string[]> => {
    const names = ['live-', 'nxcloud-assets/live-'].map((prefix) => ground.listBranches(prefix));
    return (await Promise.all(names)).flat().filter((name) => isOwn.test(name));
  };
  // Lists may lag: what was deleted is still shown, and what was made last may not be shown yet.
  const deleteShown = async (): Promise<readonly string[]> => {
    const shown = await list();
    for (const name of shown) await ground.deleteBranch(name);
    return shown;
  };
  await deleteShown();
  await ground.settle();
  return await ground.waitFor(deleteShown, (shown) => shown.length === 0);
}
