// Publishes by one commit to a branch.
import { commitFile } from '../github/commit.ts';
import { type Head, readHead } from '../github/read.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { applyChanges, listOpenChanges } from './decide.ts';
import type { CommitPlace } from './place.ts';
import {
  describeHeldRuns,
  describeRun,
  doing,
  missingBranch,
  prepareBranch,
  type Publisher,
  type PublisherOptions,
} from './publisher.ts';
import { createRelevance } from './relevance.ts';
import { ManifestReader, writeManifestText } from './remote-manifest.ts';

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
  const reading = { action: `read the branch ${branch}`, permission: 'contents: read' } as const;
  const writing = {
    action: `commit to the branch ${branch}`,
    permission: 'contents: write',
    branch,
  } as const;
  const reader = new ManifestReader({ ...options, path });
  const sortChanges = createRelevance({ ...options, branch });
  const opened = await doing(reading, readHead(github, branch, path, openSignal));
  if (opened === undefined) throw missingBranch(branch, github);
  const { manifest } = await doing(reading, reader.read(opened.file, branch, openSignal));
  // What it wrote itself need not be read again; after a failure the branch may be anywhere.
  let known: Head | undefined = opened;
  return {
    manifests: [manifest],
    prepare: async (signal) => await prepareBranch(github, branch, 'use `mode: pull-request`', signal),
    publish: async (result, write) => {
      const { signal } = write;
      const decide = async (head: Head) => {
        const remote = await doing(reading, reader.read(head.file, branch, signal));
        const run = describeRun(options, result);
        const open = listOpenChanges(remote.manifest, run);
        const { relevant, superseded } = await doing(reading, sortChanges(open, head.oid, signal));
        const merged = applyChanges(remote.manifest, { ...run, changes: relevant });
        if (listChanges(remote.manifest, merged).size === 0) {
          return { manifest: remote.manifest, text: undefined, published: remote.text, superseded };
        }
        const text = writeManifestText(merged, path);
        return { manifest: merged as Manifest, text, published: text, superseded };
      };
      const target = { branch, path, message };
      const start = known;
      known = undefined;
      const written = await doing(writing, commitFile(github, target, start, decide, write));
      const { decision, head, made } = written;
      known = head;
      if (decision.text !== undefined) reader.remember(decision.manifest, decision.text);
      return {
        manifest: decision.manifest,
        text: decision.published,
        superseded: decision.superseded,
        commit: made?.oid,
        pullRequest: undefined,
        notes:
          place.isPullRequestHead && made?.isByActions === true
            ? [describeHeldRuns('The commit to the pull request was made')]
            : [],
        failure: undefined,
      };
    },
  };
}
