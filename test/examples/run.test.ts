// Every example does what it says, on each event it names, with the permissions it states and no others.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJson } from '../support/workspace.ts';
import { assetPaths, openStage, runWorkflow, type Stage, type StepRun } from './run-workflow.ts';
import { readWorkflow, repositoryRoot } from './workflow.ts';
import { isFull } from '../support/extent.ts';

const FOLDER = 'examples/workflows';
const HEADER = 'whatsapp/promo/header.jpg';

interface Example {
  readonly isEnterprise?: boolean;
  /** A workflow that ran before. */
  readonly after?: string;
  check(stage: Stage, runs: readonly StepRun[], event: string): Promise<void> | void;
}

const examples: Readonly<Record<string, Example>> = {
  'app-token.yml': { check: isProposed },
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
  'enterprise-server.yml': { isEnterprise: true, check: isCommitted },
  'gallery-pages.yml': {
    async check(stage, [run]) {
      await isCommitted(stage);
      const page = run?.checkout.workspace.read('site/index.html').toString() ?? '';
      for (const path of assetPaths) assert.ok(page.includes(path), path);
    },
  },
  'output-artifact.yml': {
    async check({ hosting }, [run]) {
      assert.ok(run?.action);
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
      assert.equal(runs.at(-1)?.checkout.workspace.read('header-id.txt').toString(), `${id}\n`);
    },
  },
  'self-hosted-proxy.yml': { check: isCommitted },
  'several-numbers.yml': {
    async check({ hosting }) {
      for (const number of ['brazil', 'mexico']) {
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
    async check(stage, runs) {
      await isCommitted(stage);
      const shares = runs.filter(({ job }) => job === 'upload');
      const uploaded = shares.flatMap(({ action }) =>
        action === undefined ? [] : (readJson(action, 'uploaded') as string[]),
      );
      assert.equal(shares.length, 4);
      assert.deepEqual(uploaded.sort(), assetPaths);
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

for (const [name, { check, isEnterprise = false, after }] of Object.entries(examples)) {
  const { workflow } = readWorkflow(`${FOLDER}/${name}`);

  const events = Object.keys(workflow.on);
  // What a person starts runs like what a push starts.
  const usual = events.filter((other) => isFull || events.length === 1 || other !== 'workflow_dispatch');
  for (const event of usual) {
    test(`${name} on ${event}`, async (t) => {
      const stage = await openStage(t, { enterprise: isEnterprise });
      if (after !== undefined) await runWorkflow(t, stage, `${FOLDER}/${after}`, 'push');
      const runs = await runWorkflow(t, stage, `${FOLDER}/${name}`, event);
      for (const { action } of runs) assert.equal(action?.conclusion ?? 'success', 'success', action?.stdout);
      await check(stage, runs, event);
    });
  }

  const [event = ''] = events;
  const jobs = Object.values(workflow.jobs);
  const stated = [workflow.permissions, ...jobs.map(({ permissions }) => permissions)];
  const written = stated.flatMap((block) =>
    Object.entries(block ?? {}).flatMap(([permission, access]) => (access === 'write' ? [permission] : [])),
  );
  // The others are for other actions.
  const needed = written.filter((name) => ['contents', 'pull-requests'].includes(name));
  for (const permission of isFull || name === 'pull-request.yml' ? needed : []) {
    test(`${name} needs ${permission}: write`, async (t) => {
      const stage = await openStage(t, { enterprise: isEnterprise });
      const runs = await runWorkflow(t, stage, `${FOLDER}/${name}`, event, permission);
      const said = runs.flatMap(({ action }) => (action?.annotations ?? []).map(({ message }) => message));
      assert.match(said.join('\n'), new RegExp(`\`${permission}: write\``));
    });
  }
}

test('no template is created when an ID is not current', async (t) => {
  const stage = await openStage(t);
  const [run, ...others] = await runWorkflow(t, stage, `${FOLDER}/create-templates.yml`, 'workflow_dispatch');
  assert.equal(run?.action?.conclusion, 'failure');
  assert.deepEqual(others, []);
  assert.deepEqual(stage.simulator.templateCalls, []);
});
