// Branches, commits, trees and blobs of the repository through GitHub's API.
import { readLfsPointer } from '../assets/lfs-pointer.ts';
import { describeError, StepError } from '../text/errors.ts';
import { describeOversize, MAX_MANIFEST_BYTES, UnreadableManifest } from '../manifest/manifest.ts';
import { computeBlobId } from './blob-id.ts';
import type { GitHub } from './client.ts';
import { isUnrelatedToHead } from './refusals.ts';
import { NoAnswer, noneIfMissing, Refusal } from './failure.ts';
import { readUntilShown } from './lag.ts';

/** A file at a commit. */
export interface FileAt {
  readonly oid: string;
  /** In bytes. */
  readonly size: number;
  /** As git has it: 0o100644, 0o120000 for a link. */
  readonly mode: number;
  /** `blob`, `tree` or `commit`. */
  readonly type: string;
}

/** A branch, and one file at its head. */
export interface BranchHead {
  readonly oid: string;
  readonly file: FileAt | undefined;
}

/** A commit of our own. */
export interface MadeCommit {
  readonly oid: string;
  /** Whether GITHUB_TOKEN made it: its commits and pull requests start no workflow runs by themselves. */
  readonly isByActions: boolean;
}

/** A commit of one file, to be made on a branch that is at `parent`. */
export interface CommitDetails {
  readonly branch: string;
  readonly parent: string;
  readonly path: string;
  readonly text: string;
  readonly message: string;
}

/** What tells a commit whose reply was lost. */
export interface SentCommit {
  readonly parent: string;
  /** Blob id of the file in it. */
  readonly blob: string;
}

/** The branch is not where it was when it was read: read it again, merge, try again. */
export class BranchMoved extends Error {
  override readonly name = 'BranchMoved';
}

export const ZERO_OID = '0'.repeat(40);
const PAGE = 100;

/** The part of a GraphQL query that reads a branch with the file `$path` at its head. */
export const HEAD_FIELDS = 'target { oid ... on Commit { file(path: $path) { oid size mode type } } }';

/** What `HEAD_FIELDS` gives. */
export interface HeadReply {
  readonly target: { readonly oid: string; readonly file?: FileAt | null } | null;
}

/**
 * Reads what `HEAD_FIELDS` gave.
 * @throws {NoAnswer} when GitHub does not say where the branch is: it must not look as if it were absent.
 */
export function readHead(ref: HeadReply | null): BranchHead | undefined {
  if (ref === null) return undefined;
  if (ref.target === null) throw new NoAnswer('the reply names a branch without its commit');
  return { oid: ref.target.oid, file: ref.target.file ?? undefined };
}

export class GitData {
  readonly #github: GitHub;

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** The head of a branch and the file at a path there; undefined when there is no such branch. */
  async readBranch(branch: string, path: string, signal: AbortSignal): Promise<BranchHead | undefined> {
    const { repository } = await this.#github.graphql<{ repository: { ref: HeadReply | null } }>(
      `query ReadBranch($owner: String!, $name: String!, $ref: String!, $path: String!) {
        repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { ${HEAD_FIELDS} } }
      }`,
      { ref: `refs/heads/${branch}`, path },
      { signal },
    );
    return readHead(repository.ref);
  }

  /** The file at a path of a commit that exists, or undefined. */
  async readFileAt(commit: string, path: string, signal: AbortSignal): Promise<FileAt | undefined> {
    const object = await readUntilShown(this.#github, `the commit ${commit}`, signal, () =>
      this.#readObject(commit, path, signal),
    );
    return object.file ?? undefined;
  }

  async #readObject(
    commit: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly file?: FileAt | null } | undefined> {
    const { repository } = await this.#github.graphql<{
      repository: { object: { file?: FileAt | null } | null };
    }>(
      `query ReadFileAt($owner: String!, $name: String!, $oid: GitObjectID!, $path: String!) {
        repository(owner: $owner, name: $name) {
          object(oid: $oid) { ... on Commit { file(path: $path) { oid size mode type } } }
        }
      }`,
      { oid: commit, path },
      { signal },
    );
    return repository.object ?? undefined;
  }

  /**
   * The bytes of a manifest. They are read raw, because GraphQL cuts long texts, and proved by their length and id.
   * @throws {UnreadableManifest} when the file is too large or no regular file.
   * @throws {StepError} when it is the pointer of a manifest in Git LFS.
   */
  async readManifest(file: FileAt, place: string, signal: AbortSignal): Promise<Buffer> {
    if (file.type !== 'blob' || file.mode === 0o120000) {
      throw new UnreadableManifest(
        'manifest-unreadable',
        `The manifest ${place} cannot be read: it is not a regular file. Remove it, or choose another \`manifest-path\`.`,
      );
    }
    if (file.size > MAX_MANIFEST_BYTES) {
      throw new UnreadableManifest('manifest-too-large', describeOversize(place, file.size));
    }
    const bytes = await readUntilShown(this.#github, `the manifest ${place}`, signal, async () => {
      const came = await noneIfMissing(this.#github.blob(file.oid, file.size, signal));
      if (came === undefined || (came.length === file.size && computeBlobId(came) === file.oid)) return came;
      return new NoAnswer(`the manifest ${place} came with ${came.length} of ${file.size} bytes, or altered`);
    });
    if (readLfsPointer(bytes, bytes.length) !== undefined) {
      // No matter of `force`, which would put the text itself where attributes want a pointer.
      throw new StepError(
        'manifest-in-lfs',
        `The manifest ${place} cannot be read: it is kept in Git LFS, and only its pointer is there. Exclude it from Git LFS: add its path with \`!filter !diff !merge\` as the last line of .gitattributes, and commit it again.`,
      );
    }
    return bytes;
  }

  /**
   * Commits a file to a branch that must still be at `parent`.
   * @throws {BranchMoved} when it is not.
   */
  async commitFile(commit: CommitDetails, signal: AbortSignal): Promise<MadeCommit> {
    const { branch, parent, path, text, message } = commit;
    const [headline = '', ...rest] = message.trim().split(/\r?\n/);
    const input = {
      branch: { repositoryNameWithOwner: `${this.#github.owner}/${this.#github.name}`, branchName: branch },
      expectedHeadOid: parent,
      message: { headline, body: rest.join('\n').trim() },
      fileChanges: { additions: [{ path, contents: Buffer.from(text).toString('base64') }] },
    };
    try {
      const { createCommitOnBranch } = await this.#github.graphql<CreateCommitReply>(
        `mutation($input: CreateCommitOnBranchInput!) {
          createCommitOnBranch(input: $input) { commit { oid author { name } } }
        }`,
        { input },
        { signal },
      );
      const made = createCommitOnBranch?.commit;
      if (!made) throw new NoAnswer('the reply to the commit holds no commit');
      return { oid: made.oid, isByActions: made.author?.name === ACTIONS_LOGIN };
    } catch (error) {
      if (error instanceof NoAnswer) return await this.#findLostCommit(commit, error, signal);
      if (await this.#isMoved(error, branch, parent, path, signal)) {
        throw new BranchMoved(describeError(error), { cause: error });
      }
      throw error;
    }
  }

  /**
   * Looks for a commit that may have been made although no answer came.
   * @throws {NoAnswer} that was given when it is not there, or GitHub does not say so.
   */
  async #findLostCommit(
    { branch, parent, path, text }: CommitDetails,
    silence: NoAnswer,
    signal: AbortSignal,
  ): Promise<MadeCommit> {
    let found: MadeCommit | undefined;
    try {
      const head = await this.readBranch(branch, path, signal);
      const sent = [{ parent, blob: computeBlobId(text) }];
      found = head && (await this.findSentCommit(head.oid, path, sent, signal));
    } catch {
      signal.throwIfAborted();
    }
    if (found === undefined) throw silence;
    return found;
  }

  /**
   * Whether a commit was refused because its branch is elsewhere by now. Writes that collide inside of GitHub are not
   * always refused as stale, so the branch itself is asked.
   */
  async #isMoved(
    error: unknown,
    branch: string,
    parent: string,
    path: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!(error instanceof Refusal)) return false;
    if (error.types.includes('STALE_DATA') || /^branch not found$/i.test(error.message)) return true;
    if (isUnrelatedToHead(error)) return false;
    return (await this.readBranch(branch, path, signal))?.oid !== parent;
  }

  /**
   * Finds a commit that was sent and whose reply was lost, by its parent and the file's content, among the newest of a
   * branch's history.
   */
  async findSentCommit(
    head: string,
    path: string,
    sent: readonly SentCommit[],
    signal: AbortSignal,
  ): Promise<MadeCommit | undefined> {
    const { repository } = await this.#github.graphql<HistoryReply>(
      `query FindSentCommit($owner: String!, $name: String!, $head: GitObjectID!, $path: String!) {
        repository(owner: $owner, name: $name) {
          object(oid: $head) {
            ... on Commit {
              history(first: ${PAGE}, path: $path) {
                nodes { oid author { name } parents(first: 1) { nodes { oid } } file(path: $path) { oid } }
              }
            }
          }
        }
      }`,
      { head, path },
      { signal },
    );
    const found = repository.object?.history?.nodes?.find((node) =>
      sent.some(({ parent, blob }) => node?.parents.nodes?.[0]?.oid === parent && node.file?.oid === blob),
    );
    return found ? { oid: found.oid, isByActions: found.author?.name === ACTIONS_LOGIN } : undefined;
  }

  /**
   * Creates a branch.
   * @throws {BranchMoved} when it exists.
   */
  async createBranch(branch: string, commit: string, signal: AbortSignal): Promise<void> {
    try {
      const parameters = { ref: `refs/heads/${branch}`, sha: commit };
      await this.#github.rest('POST /repos/{owner}/{repo}/git/refs', parameters, { signal });
    } catch (error) {
      if (!(error instanceof Refusal) || !/reference already exists/i.test(error.message)) throw error;
      throw new BranchMoved(`another run created the branch ${branch}`, { cause: error });
    }
  }

  /** Deletes a branch; one that does not exist is fine. */
  async deleteBranch(branch: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#github.rest(
        'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
        { ref: `heads/${branch}` },
        { signal },
      );
    } catch (error) {
      if (!(error instanceof Refusal) || !/reference does not exist/i.test(error.message)) throw error;
    }
  }

  /** Moves branches in one transaction: `after` may be `ZERO_OID`, which deletes. */
  async moveBranches(
    repositoryId: string,
    moves: readonly {
      readonly branch: string;
      readonly before: string;
      readonly after: string;
      readonly force: boolean;
    }[],
    signal: AbortSignal,
  ): Promise<void> {
    const refUpdates = moves.map(({ branch, before, after, force }) => ({
      name: `refs/heads/${branch}`,
      beforeOid: before,
      afterOid: after,
      force,
    }));
    await this.#github.graphql(
      'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
      { input: { repositoryId, refUpdates } },
      { signal },
    );
  }
}

/** The login, and author's name, of GITHUB_TOKEN. */
export const ACTIONS_LOGIN = 'github-actions[bot]';

interface CreateCommitReply {
  readonly createCommitOnBranch: {
    readonly commit: {
      readonly oid: string;
      readonly author: { readonly name: string | null } | null;
    } | null;
  } | null;
}

interface HistoryReply {
  readonly repository: {
    readonly object: {
      readonly history?: {
        readonly nodes:
          | readonly ({
              readonly oid: string;
              readonly author: { readonly name: string | null } | null;
              readonly parents: { readonly nodes: readonly ({ readonly oid: string } | null)[] | null };
              readonly file: { readonly oid: string } | null;
            } | null)[]
          | null;
      };
    } | null;
  };
}
