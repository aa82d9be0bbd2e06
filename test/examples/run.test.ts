// Every example does what it says, with the permissions it states and no others: on one event, in a full run on each.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFull } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { readJson } from '../support/workspace.ts';
import { assetPaths, openStage, runWorkflow, type Stage, type StepRun } from './run-workflow.ts';
import { readWorkflow, repositoryRoot, type Step } from './workflow.ts';

const FOLDER = 'examples/workflows';
const HEADER = 'whatsapp/promo/header.jpg';

interface Example {
  readonly isEnterprise?: boolean;
  /** The example before this one in the table, on whose end it builds. */
  readonly after?: string;
  /** An example of the same steps and perhaps more; a full run runs this one all the same. */
  readonly like?: string;
  /** How many combinations of its matrix a plain run needs to show what they do to each other. */
  readonly legs?: number;
  /** A permission that it lacks, for an example that deals with failures. */
  readonly lowered?: string;
  /** Files that the repository holds besides. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  check(stage: Stage, runs: readonly StepRun[], event: string): Promise<void> | void;
}

/** A picture of one pixel. */
const WEBP = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');

const examples: Readonly<Record<string, Example>> = {
  'app-token.yml': { like: 'merge-automatically.yml', check: isProposed },
  'check-pull-request.yml': {
    check({ hosting, simulator }, _runs, event) {
      assert.equal(simulator.requestCount, 0);
      const comments = hosting.repository.findPullRequest(1)?.comments ?? [];
      assert.equal(comments.length, event === 'pull_request' ? 1 : 0);
    },
  },
  'commit.yml': { check: isCommitted },
  'create-templates.yml': {
    after: 'commit.yml',
    async check({ hosting, simulator }, runs) {
      const id = (await hosting.readManifest())?.[HEADER]?.id ?? '';
      assert.match(id, /\n/, 'an ID of several lines');
      const [call] = simulator.templateCalls;
      assert.deepEqual(call?.mistakes, []);
      assert.equal(call.body?.name, 'summer_sale');
      assert.deepEqual(call.body.components, [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: id } },
        { type: 'BODY', text: 'Everything under the sun, 20 % off until Sunday.' },
      ]);
      assert.match(
        runs.at(-1)?.printed ?? '',
        /^Template "summer_sale" was created with the ID "900000000000001"/,
      );
    },
  },
  'enterprise-server.yml': { isEnterprise: true, like: 'commit.yml', check: isCommitted },
  'environment-secrets.yml': { like: 'commit.yml', check: isCommitted },
  'gallery-pages.yml': {
    async check(stage, [run]) {
      await isCommitted(stage);
      const page = run?.checkout?.workspace.read('site/index.html').toString() ?? '';
      for (const path of assetPaths) assert.ok(page.includes(path), path);
    },
  },
  'merge-automatically.yml': {
    async check(stage) {
      await isProposed(stage);
      assert.deepEqual(stage.listCalls(), [
        'gh api repos/octo-org/assets/issues/1/labels --field labels[]=template-assets --silent',
        'gh api repos/octo-org/assets/pulls/1/requested_reviewers --field reviewers[]=octocat --silent',
        'gh pr merge 1 --auto --squash',
      ]);
    },
  },
  'output-artifact.yml': {
    async check({ hosting }, [run]) {
      assert.ok(run?.action && run.checkout);
      assert.deepEqual(readJson(run.action, 'uploaded'), assetPaths);
      assert.deepEqual(Object.keys(run.checkout.workspace.readManifest()), assetPaths);
      assert.equal(await hosting.repository.head('main'), run.checkout.sha);
    },
  },
  'pull-request.yml': {
    async check(stage, runs) {
      await isProposed(stage);
      assert.match(runs.at(-1)?.printed ?? '', /The manifest waits in http.*\/pull\/1/);
    },
  },
  'renew-for-release.yml': {
    async check(stage, runs) {
      await isCommitted(stage);
      const id = (await stage.hosting.readManifest())?.[HEADER]?.id ?? '';
      assert.match(id, /\n/, 'an ID of several lines');
      assert.equal(runs.at(-1)?.checkout?.workspace.read('header-id.txt').toString(), `${id}\n`);
    },
  },
  'report-failed-renewal.yml': {
    lowered: 'contents',
    check(stage, [run]) {
      assert.equal(run?.action?.conclusion, 'failure');
      const [, created = ''] = stage.listCalls();
      assert.match(created, /^gh issue create --title .+ --body .+\/octo-org\/assets\/actions\/runs\/1$/);
    },
  },
  'self-hosted-proxy.yml': { like: 'commit.yml', check: isCommitted },
  'several-numbers.yml': {
    legs: 1,
    async check({ hosting }) {
      for (const number of isFull ? ['brazil', 'mexico'] : ['brazil']) {
        const text = await hosting.repository.readFile('main', `nxcloud-assets/${number}.json`);
        assert.deepEqual(Object.keys(JSON.parse(text ?? '').assets), assetPaths);
      }
    },
  },
  'several-numbers-pull-request.yml': {
    async check({ hosting }) {
      for (const number of ['brazil', 'mexico']) {
        const branch = `nxcloud-assets/main+nxcloud-assets-${number}`;
        const pull = hosting.repository.pullRequests.find(({ headRef }) => headRef === branch);
        assert.equal(pull?.state, 'OPEN');
        const text = await hosting.repository.readFile(branch, `nxcloud-assets/${number}.json`);
        assert.deepEqual(Object.keys(JSON.parse(text ?? '').assets), assetPaths);
      }
    },
  },
  'shards.yml': {
    legs: 2,
    async check(stage, runs) {
      await isCommitted(stage);
      const shares = runs.filter(({ job }) => job === 'upload');
      const uploaded = shares.flatMap(({ action }) =>
        action === undefined ? [] : (readJson(action, 'uploaded') as string[]),
      );
      assert.equal(shares.length, isFull ? 4 : 2);
      assert.deepEqual(uploaded.sort(), assetPaths);
    },
  },
  'shrink-pictures.yml': {
    files: { 'whatsapp/large.png': makePng('large', 5 * 1024 ** 2), 'whatsapp/old.webp': WEBP },
    async check({ hosting }, [, , run]) {
      assert.ok(run?.checkout);
      const made = ['whatsapp/large.png', 'whatsapp/old.png'];
      const entries = (await hosting.readManifest()) ?? {};
      assert.deepEqual(Object.keys(entries), [...made, ...assetPaths].sort());
      for (const path of made) {
        const sent: Buffer = run.checkout.workspace.read(path);
        assert.equal(entries[path]?.sha256, hash('sha256', sent), path);
      }
      const kept = await hosting.repository.readFile('main', 'whatsapp/large.png');
      assert.ok((kept?.length ?? 0) > 5 * 1024 ** 2, 'the original stays');
    },
  },
};

async function isCommitted({ hosting }: Stage): Promise<void> {
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), assetPaths);
}

async function isProposed({ hosting }: Stage): Promise<void> {
  assert.equal(await hosting.readManifest(), undefined);
  const pull = hosting.repository.findPullRequest(1);
  assert.equal(pull?.state, 'OPEN');
  assert.deepEqual(Object.keys((await hosting.readManifest(pull?.headRef)) ?? {}), assetPaths);
}

test('every example has its row', () => {
  assert.deepEqual(Object.keys(examples).sort(), readdirSync(join(repositoryRoot, FOLDER)).sort());
});

/** The events that start a workflow; what a person or the clock starts runs like what a push starts. */
function listEvents(name: string): readonly string[] {
  const events = Object.keys(readWorkflow(`${FOLDER}/${name}`).workflow.on);
  return events.filter((event, at) => isFull || at === 0 || event === 'merge_group');
}

test('on its events, an example', async (t) => {
  const shared = await openStage(t);
  for (const [name, example] of Object.entries(examples)) {
    const { check, isEnterprise = false, after, like, files, lowered } = example;
    if (like !== undefined && !isFull) {
      await t.test(`${name} does what ${like} does`, () => isLike(name, like));
      continue;
    }
    for (const event of listEvents(name)) {
      await t.test(`${name} on ${event}`, async (t) => {
        const stage = isEnterprise ? await openStage(t, { enterprise: true }) : shared;
        if (after === undefined) await stage.reset();
        if (files !== undefined) await stage.hosting.repository.push('main', files);
        const legs = isFull ? undefined : example.legs;
        const runs = await runWorkflow(t, stage, `${FOLDER}/${name}`, event, { legs, lowered });
        if (lowered === undefined) assertSuccess(runs);
        await check(stage, runs, event);
      });
    }
  }
});

function assertSuccess(runs: readonly StepRun[]): void {
  for (const { action } of runs) assert.equal(action?.conclusion ?? 'success', 'success', action?.stdout);
}

/** Settings that change nothing of what a workflow hands on; each is tested with the action itself. */
const SETTINGS: ReadonlySet<string> = new Set(['concurrency', 'renew-before', 'timeout']);

/** An example whose steps are the first of another's, under the same permissions. */
function isLike(name: string, other: string): void {
  const [its, others] = [name, other].map((file) => {
    const { permissions, jobs } = readWorkflow(`${FOLDER}/${file}`).workflow;
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    return {
      permissions,
      steps: steps.map(({ uses, run, with: inputs }) => ({ uses, run, ...withoutSettings(inputs) })),
    };
  });
  assert.deepEqual(its, { ...others, steps: others?.steps.slice(0, its?.steps.length) });
}

function withoutSettings(inputs: Step['with'] = {}): Step['with'] {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !SETTINGS.has(name)));
}

/** What examples need to write, with the first of their events. */
function listNeeds(name: string): readonly { event: string; permission: string }[] {
  const { workflow } = readWorkflow(`${FOLDER}/${name}`);
  const [event = ''] = Object.keys(workflow.on);
  const jobs = Object.values(workflow.jobs);
  const stated = [workflow.permissions, ...jobs.map(({ permissions }) => permissions)];
  const written = stated.flatMap((block) =>
    Object.entries(block ?? {}).flatMap(([permission, access]) => (access === 'write' ? [permission] : [])),
  );
  // The others are for other actions and programs.
  const needed = written.filter((permission) => ['contents', 'pull-requests'].includes(permission));
  return needed.map((permission) => ({ event, permission }));
}

test('when something is missing', async (t) => {
  const shared = await openStage(t);
  for (const [name, { isEnterprise = false }] of Object.entries(examples)) {
    if (!isFull && name !== 'pull-request.yml') continue;
    for (const { event, permission } of listNeeds(name)) {
      // The workflow that reports failures runs without it above.
      if (!isFull && permission === 'contents') continue;
      await t.test(`${name} needs ${permission}: write`, async (t) => {
        const stage = isEnterprise ? await openStage(t, { enterprise: true }) : shared;
        await stage.reset();
        const path = `${FOLDER}/${name}`;
        const runs = await runWorkflow(t, stage, path, event, { lowered: permission });
        const said = runs.flatMap(({ action }) => (action?.annotations ?? []).map(({ message }) => message));
        assert.match(said.join('\n'), new RegExp(`\`${permission}: write\``));
      });
    }
  }
  await t.test('no template is created when an ID is not current', async (t) => {
    await shared.reset();
    const path = `${FOLDER}/create-templates.yml`;
    const [run, ...others] = await runWorkflow(t, shared, path, 'workflow_dispatch');
    assert.equal(run?.action?.conclusion, 'failure');
    assert.deepEqual(others, []);
    assert.deepEqual(shared.simulator.templateCalls, []);
  });
});
