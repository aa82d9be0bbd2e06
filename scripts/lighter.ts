// What the bundle holds in place of modules that are large or slow to load, and hardly used: a plugin of the build.
// test/action/proxies.test.ts and test/action/commit.test.ts run what is left of undici from the bundle.

interface Replacement {
  /** Who gets the lighter one. */
  readonly importer: RegExp;
  readonly code: string;
}

const REPLACEMENTS: Readonly<Record<string, Replacement>> = {
  // It checks parameters with it.
  assert: {
    importer: /@actions[\\/]glob/,
    code: 'export default function assert(value, message) { if (!value) throw new Error(message); }',
  },
  // @actions/glob turns braces off.
  'brace-expansion': {
    importer: /minimatch/,
    code: 'export function expand() { throw new Error("braces are not expanded"); }',
  },
  // It guesses the types of files whose type is not given; ours always is.
  'mime-types': {
    importer: /form-data/,
    code: 'export function lookup() { return false; }',
  },
  // Its main module loads everything, two thirds of it for nothing: mocks, caches, WebSocket, retries, interceptors.
  undici: {
    importer: /./,
    code: `
      import Agent from 'undici/lib/dispatcher/agent.js';
      import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
      import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
      import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
      import api from 'undici/lib/api/index.js';
      Object.assign(Dispatcher.prototype, api);
      export { Agent, EnvHttpProxyAgent, ProxyAgent };
      export async function fetch(...args) {
        const { default: web } = await import('undici/lib/web/fetch/index.js');
        return await web.fetch(...args);
      }`,
  },
};

const PREFIX = '\0';

/** The plugin. */
export const lighten = {
  name: 'lighten',
  resolveId: (source: string, importer = ''): string | undefined =>
    Object.hasOwn(REPLACEMENTS, source) && REPLACEMENTS[source]?.importer.test(importer)
      ? PREFIX + source
      : undefined,
  load: (id: string): string | undefined => REPLACEMENTS[id.slice(PREFIX.length)]?.code,
};
