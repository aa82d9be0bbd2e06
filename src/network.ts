// How the action reaches the network: proxies from the environment, certificates always verified, loopback direct.
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { StepError } from './errors.ts';

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
    const password = /^\s*(?:[a-z][a-z\d+.-]*:\/\/)?[^/@:]*:(?!\/\/)(.*)@/i.exec(env[name] ?? '')?.[1];
    if (!password) continue;
    passwords.push(password, decodeLoosely(password));
    delete env[name];
  }
  return { proxy, passwords };
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a URL's host name is this machine: `localhost`, a name under it, 127.0.0.0/8 or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    /^(?:.+\.)?localhost$/i.test(hostname) || /^127(?:\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]'
  );
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
  if (isLoopbackHost(url.hostname) || (proxy.httpProxy === '' && proxy.httpsProxy === ''))
    return endWith(ending, new Agent(options));
  for (const [name, value] of [
    ['http_proxy', proxy.httpProxy],
    ['https_proxy', proxy.httpsProxy],
  ] as const) {
    if (value !== '' && !/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : '')) {
      throw new StepError(
        `The environment variable ${name} is not the address of a proxy. Write it like http://proxy.example:3128.`,
      );
    }
  }
  return endWith(
    ending,
    new EnvHttpProxyAgent({ ...options, ...proxy, requestTls: connect, proxyTls: connect }),
  );
}

/** undici leaves alone what is still connecting when it is destroyed; that would keep the process alive. */
function endWith(ending: AbortController, dispatcher: Dispatcher): Dispatcher {
  const destroy = dispatcher.destroy.bind(dispatcher);
  return Object.assign(dispatcher, {
    destroy: async (...args: Parameters<typeof destroy>) => {
      ending.abort();
      await destroy(...args);
      // Sockets that were still connecting end in the next turn of the event loop, and are closed in the one after it.
      await setImmediate();
      await setImmediate();
    },
  });
}
