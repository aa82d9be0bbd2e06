// How the action reaches the network: proxies from the environment, certificates always verified, loopback direct.
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { StepError } from '../text/errors.ts';

/** Proxy settings, read once from the environment. URLs may carry credentials: they are secrets. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** `all_proxy` is not used, but a password in it is a secret all the same. */
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/**
 * Reads the proxy settings; the lower-case variable wins, as everywhere. Variables whose URL carries a password are
 * taken out of `env`, and the passwords are returned for masking.
 */
export function takeProxySettings(env: NodeJS.ProcessEnv): {
  proxy: ProxySettings;
  passwords: readonly string[];
} {
  const proxy = {
    httpProxy: env.http_proxy || env.HTTP_PROXY || '',
    httpsProxy: env.https_proxy || env.HTTPS_PROXY || '',
    noProxy: env.no_proxy || env.NO_PROXY || '',
  };
  const passwords: string[] = [];
  for (const name of PROXY_VARIABLES) {
    const found = findPasswords(env[name] ?? '');
    if (found.length === 0) continue;
    passwords.push(...found);
    delete env[name];
  }
  return { proxy, passwords };
}

/** A password in an address in every form it may show up in: as it is written, as a URL parser reads it, decoded. */
function findPasswords(address: string): readonly string[] {
  const credentials = /^(?:[^/@]*\/\/)?(.*)@/s.exec(address.trim())?.[1] ?? '';
  const written = /:(.*)$/s.exec(credentials)?.[1] ?? '';
  const parsed = parseProxyUrl(address)?.password ?? '';
  const passwords = [written, parsed].flatMap((password) => [password, decodeLoosely(password)]);
  return [...new Set(passwords)].filter((password) => password !== '');
}

/** The address of a proxy; `http` is the scheme of one without. Undefined when it is none. */
function parseProxyUrl(address: string): URL | undefined {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(address.trim()) ? address : `http://${address.trim()}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a URL's host name is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. Names under `localhost` may be looked up. */
export function isLoopbackHost(hostname: string): boolean {
  return /^localhost$/i.test(hostname) || /^127(?:\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]';
}

/**
 * A dispatcher for requests to `url`, through the configured proxy unless the host is loopback or in `no_proxy`.
 * Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says. Limits of time are the caller's. `destroy` ends
 * all connections, also those that are not made yet.
 * @throws {StepError} when a proxy address cannot be used; the message does not show it.
 */
export async function openDispatcher(url: URL, proxy: ProxySettings): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const ending = new AbortController();
  const connect = { rejectUnauthorized: true, timeout: 0, signal: ending.signal };
  // HTTP/2 would put all uploads on one connection: the failure of one would be the failure of all.
  const options = { allowH2: false, connect, headersTimeout: 0, bodyTimeout: 0 };
  const [variable, address] =
    url.protocol === 'https:' ? ['https_proxy', proxy.httpsProxy] : ['http_proxy', proxy.httpProxy];
  if (isLoopbackHost(url.hostname) || address === '') return endWith(ending, new Agent(options));
  const proxyUrl = parseProxyUrl(address);
  if (proxyUrl === undefined || !isDecodable(proxyUrl)) {
    throw new StepError(
      'proxy-wrong',
      `The environment variable ${variable} is not the address of a proxy. Write it like http://proxy.example:3128, with % in a name or password as %25.`,
    );
  }
  const { href } = proxyUrl;
  const agent = new EnvHttpProxyAgent({
    ...options,
    httpProxy: href,
    httpsProxy: href,
    noProxy: proxy.noProxy,
    requestTls: connect,
    proxyTls: connect,
  });
  return endWith(ending, agent);
}

/** Whether the credentials of an address can be read: the HTTP client gives up on others. */
function isDecodable({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}

/** Turns of the event loop in which a socket ends, is closed, and has its TLS state freed. */
const TURNS_TO_CLOSE = 3;

/** undici leaves alone what is still connecting when it is destroyed; that would keep the process alive. */
function endWith(ending: AbortController, dispatcher: Dispatcher): Dispatcher {
  const destroy = dispatcher.destroy.bind(dispatcher);
  return Object.assign(dispatcher, {
    destroy: async (...args: Parameters<typeof destroy>) => {
      ending.abort();
      await destroy(...args);
      for (let turn = 0; turn < TURNS_TO_CLOSE; turn += 1) await setImmediate();
    },
  });
}
