// Publishes by one commit to a branch.
import type { WriteOptions } from '../github/attempts.ts';
import { commitFile } from '../github/commit.ts';
import { type Head, readHead } from '../github/read.ts';
import { listChanges } from '../manifest/merge.ts';
import type { RunResult } from '../outcome.ts';
import { applyChanges, listOpenChanges } from './decide.ts';
import type { CommitPlace } from './place.ts';
import {
  describeHeldRuns,
  describeRun,
  explaining,
  missingBranch,
  prepareBranch,
  type Publication,
  type Publisher,
  type PublisherOptions,
} from './publisher.ts';
import { createRelevance } from './relevance.ts';
import { ManifestReader, writeManifestText } from './remote-manifest.ts';

/** What to write, and what comes of it. */
type Decision = Pick<Publication, 'manifest' | 'superseded'> & {
  /** Undefined when the branch says it already. */
  readonly text: string | undefined;
  readonly published: string | undefined;
};

/**
 * Reads what the branch holds and gives its publisher.
 * @throws {StepError} when the branch or its manifest cannot be read.
 */
export async function openCommitPublisher(
  options: PublisherOptions,
  place: CommitPlace,
  openSignal: AbortSignal,
): Promise<Publisher> {
  const { github, manifestPath: path, commitMessage: message } = options;
  const { branch } = place;
  const where = `on the branch ${branch}`;
  const reader = new ManifestReader({ ...options, path });
  const sortChanges = createRelevance({ ...options, branch });
  const opened = await explaining(place, readHead(github, branch, path, openSignal));
  if (opened === undefined) throw missingBranch(branch, github);
  const { manifest } = await explaining(place, reader.read(opened.file, where, openSignal));
  // What it wrote itself need not be read again; after a failure the branch may be anywhere.
  let known: Head | undefined = opened;

  const decide = async (head: Head, result: RunResult, signal: AbortSignal): Promise<Decision> => {
    const remote = await reader.read(head.file, where, signal);
    const run = describeRun(options, result);
    const open = listOpenChanges(remote.manifest, run);
    const { relevant, superseded } = await sortChanges(open, head.oid, signal);
    const merged = applyChanges(remote.manifest, { ...run, changes: relevant });
    if (listChanges(remote.manifest, merged).size === 0) {
      return { manifest: remote.manifest, text: undefined, published: remote.text, superseded };
    }
    const text = writeManifestText(merged, path);
    return { manifest: merged, text, published: text, superseded };
  };

  const publish = async (result: RunResult, write: WriteOptions): Promise<Publication> => {
    const start = known;
    known = undefined;
    const target = { branch, path, message };
    const decideOn = (head: Head): Promise<Decision> => decide(head, result, write.signal);
    const written = await explaining(place, commitFile(github, target, start, decideOn, write));
    const { decision, head, made } = written;
    const { superseded, text, published } = decision;
    known = head;
    if (text !== undefined) reader.remember(decision.manifest, text);
    const isHeld = place.isPullRequestHead && made?.isByActions === true;
    const notes = isHeld ? [describeHeldRuns('The commit to the pull request was made')] : [];
    const { manifest } = decision;
    const outside = { pullRequest: undefined, failure: undefined };
    return { manifest, text: published, superseded, commit: made?.oid, notes, ...outside };
  };

  const prepare: Publisher['prepare'] = async (signal) =>
    await prepareBranch(github, place, 'use `mode: pull-request`', signal);
  return { manifests: [manifest], prepare, publish };
}
