// The scene of the comment on a pull request.
import { valueAt } from '../../src/text/json.ts';
import type { RunContext } from '../../runner/environment.ts';
import { readLogin } from './access-trials.ts';
import { describeReply } from './caller.ts';
import type { Scene } from './commit-scenes.ts';
import { pathOf, type Stage } from './stage.ts';

/** The comments of a pull request: who wrote them, and what. */
async function listComments({ ground: { caller } }: Stage, number: number) {
  const { body } = await caller.rest('GET', `issues/${number}/comments`);
  return (Array.isArray(body) ? body : []).map((comment) => ({
    author: valueAt(comment, 'user', 'login'),
    text: String(valueAt(comment, 'body')),
  }));
}

/** What GitHub tells a run on a pull request of the repository's own. */
function describeEvent(
  stage: Stage,
  pull: { readonly number: number; readonly head: string; readonly headOid: string; readonly base: string },
  baseOid: string,
): RunContext {
  const repo = stage.describeRepository();
  const { number, head, headOid, base } = pull;
  return {
    eventName: 'pull_request',
    ref: `refs/pull/${number}/merge`,
    headRef: head,
    baseRef: base,
    event: {
      action: 'synchronize',
      number,
      repository: repo,
      pull_request: {
        number,
        state: 'open',
        head: { ref: head, sha: headOid, repo },
        base: { ref: base, sha: baseOid, repo },
      },
    },
  };
}

export const COMMENT_SCENE: Scene = {
  name: 'comment: one on the pull request, kept up to date',
  play: async (stage) => {
    const { ground } = stage;
    const [base, head] = [await stage.makeBranch('comment-base'), await stage.makeBranch('comment-head')];
    const baseOid = await stage.makeRoot();
    const headOid = await ground.commit(head, baseOid, { 'notes.txt': 'A change\n' });
    const title = 'Try the comment of the action';
    const opened = await ground.caller.rest('POST', 'pulls', {
      title,
      head,
      base,
      body: 'It is closed at once.',
    });
    if (opened.status !== 201) throw new Error(`No pull request was opened: ${describeReply(opened)}`);
    const number = Number(valueAt(opened.body, 'number'));
    const context = describeEvent(stage, { number, head, headOid, base }, baseOid);
    const login = await readLogin(ground.caller);
    for (const files of ['a', 'b'].map(pathOf)) {
      const checkout = await stage.checkOut(head);
      stage.claimSuccess(await stage.run(checkout, { mode: 'check', comment: 'true', files }, context));
      const comments = await ground.waitFor(
        () => listComments(stage, number),
        (found) => found.some(({ text }) => showsPath(text, files)),
      );
      const [comment] = comments;
      stage.claim('there is one comment', comments.length === 1, `${comments.length} comments`);
      stage.claim('it is the own one', comment?.author === login, comment?.author);
      const isAbout =
        comment !== undefined && showsPath(comment.text, files) && comment.text.includes(headOid);
      stage.claim(`it tells of ${files} at the commit`, isAbout, comment?.text);
    }
  },
};

/** Whether a comment tells of a path, which may break at its slashes. */
function showsPath(text: string, path: string): boolean {
  return text.replaceAll('<wbr>', '').includes(path);
}
