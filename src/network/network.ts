// How the action reaches the network: proxies from the environment, certificates always verified, loopback direct.
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { StepError } from '../text/errors.ts';

/** A variable of the environment that may name a proxy; its address may carry credentials, which are secret. */
export interface ProxyVariable {
  readonly name: string;
  /** Empty when there is none. */
  readonly address: string;
}

/** Proxy settings, read once from the environment. */
export interface ProxySettings {
  /** For `http:` addresses. */
  readonly http: ProxyVariable;
  /** For `https:` addresses. */
  readonly https: ProxyVariable;
  readonly noProxy: string;
}

/** `all_proxy` is not used, but a password in it is a secret all the same. */
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/**
 * Reads the proxy settings; the lower-case variable wins, as everywhere. Variables whose address carries credentials are
 * taken out of `env`, and what is secret of them is returned for masking.
 */
export function takeProxySettings(env: NodeJS.ProcessEnv): {
  proxy: ProxySettings;
  passwords: readonly string[];
} {
  const find = (lower: string): ProxyVariable => {
    const name = env[lower] ? lower : lower.toUpperCase();
    return { name, address: env[name]?.trim() ?? '' };
  };
  const proxy = {
    http: find('http_proxy'),
    https: find('https_proxy'),
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

/** What stands before credentials, however an address was misspelt. */
const BEFORE_CREDENTIALS = /^["'\s]*(?:[a-z][a-z\d+.-]*:[/\\]+|[/\\]+)?/i;

/**
 * The password in an address in every form it may show up in: as it is written, as a URL parser reads it, decoded. A user
 * name that stands alone is a token.
 */
function findPasswords(address: string): readonly string[] {
  const credentials = /^(.*)@/s.exec(address.replace(BEFORE_CREDENTIALS, ''))?.[1] ?? '';
  const written = /:(.*)$/s.exec(credentials)?.[1] || credentials;
  const { username = '', password = username } = parseProxyUrl(address) ?? {};
  const passwords = [written, password || username].flatMap((text) => [text, tryDecoding(text) ?? text]);
  return [...new Set(passwords)].filter((text) => text !== '');
}

/** Scheme, credentials, host, port and a final slash, of which only the host must be there. */
const PROXY_ADDRESS =
  /^(?:https?:\/\/)?(?:[^\s/\\?#]*@)?(?:\[[\da-f:.]+\]|[^\s/\\?#@:"'`[\]<>^|%]+)(?::\d{1,5})?\/?$/i;

/** The address of a proxy; `http` is the scheme of one without. Undefined when it is none, or cannot be decoded. */
function parseProxyUrl(address: string): URL | undefined {
  if (!PROXY_ADDRESS.test(address)) return undefined;
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : `http://${address}`);
  // The HTTP client gives up on credentials that it cannot decode.
  return url !== null && tryDecoding(url.username + url.password) !== undefined ? url : undefined;
}

function tryDecoding(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Whether a URL's host name is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. Names under `localhost` may be looked up. */
export function isLoopbackHost(hostname: string): boolean {
  return /^localhost$/i.test(hostname) || /^127(?:\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]';
}

/** The address that secrets may be sent to, https or this machine, or what is wrong with it as the rest of a sentence. */
export function parseSafeUrl(text: string): URL | string {
  const url = PLAIN_ADDRESS.test(text) ? URL.parse(text) : null;
  if (url === null) return 'is not an address';
  if (url.username !== '' || url.password !== '') return 'contains a user name or password';
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
  return isSafe ? url : 'is not https; http is allowed for loopback hosts only';
}

/** What an address has that is one to the letter: a URL parser takes, drops and adds much more. */
const PLAIN_ADDRESS = /^[a-z]+:\/\/[^\s\\\x00-\x1f\x7f]+$/i;

/** Whether `no_proxy` names a host: itself, a domain above it, or everything, perhaps for one port alone. */
function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return noProxy.split(/[,\s]+/).some((entry) => {
    const parts = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const [, bracketed, plain, entryPort = ownPort] = parts;
    // An IPv6 address without brackets has no port.
    const name = bracketed ?? plain ?? entry.toLowerCase();
    const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
    if (domain === '' || entryPort !== ownPort) return false;
    return name === '*' || (host === domain && !name.startsWith('*')) || host.endsWith(`.${domain}`);
  });
}

/** Each address of a host is tried so long: Node's own quarter of a second is too short for slow lines. */
const ATTEMPT_MS = 5000;

/**
 * A dispatcher for requests to `url`, through the configured proxy unless the host is loopback or in `no_proxy`.
 * Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says. Limits of time are the caller's. `destroy` ends
 * all connections, also those that are not made yet.
 * @throws {StepError} when the proxy's address cannot be used; the message does not show it.
 */
export async function openDispatcher(url: URL, proxy: ProxySettings): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const ending = new AbortController();
  const connect = {
    rejectUnauthorized: true,
    timeout: 0,
    signal: ending.signal,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
  };
  // HTTP/2 would put all uploads on one connection: the failure of one would be the failure of all.
  const options = { allowH2: false, connect, headersTimeout: 0, bodyTimeout: 0 };
  const { name, address } = url.protocol === 'https:' ? proxy.https : proxy.http;
  if (address === '' || isLoopbackHost(url.hostname) || isExempt(url, proxy.noProxy)) {
    return endWith(ending, new Agent(options));
  }
  const uri = parseProxyUrl(address)?.href;
  if (uri === undefined) {
    throw new StepError(
      'proxy-wrong',
      `The environment variable ${name} is not the address of a proxy: write it like http://proxy.example:3128 or http://user:password@proxy.example:3128, ` +
        'without quotes, path and query, and in name and password \\ as %5C, / as %2F, ? as %3F, # as %23 and % as %25.',
    );
  }
  return endWith(ending, new ProxyAgent({ ...options, uri, requestTls: connect, proxyTls: connect }));
}

/** Rounds of the event loop in which a socket ends, is closed, and has its TLS state freed. */
const ROUNDS_TO_CLOSE = 3;

/** undici leaves alone what is still connecting when it is destroyed; that would keep the process alive. */
function endWith(ending: AbortController, dispatcher: Dispatcher): Dispatcher {
  const destroy = dispatcher.destroy.bind(dispatcher);
  return Object.assign(dispatcher, {
    destroy: async (...args: Parameters<typeof destroy>) => {
      ending.abort();
      await destroy(...args);
      for (let round = 0; round < ROUNDS_TO_CLOSE; round += 1) await setImmediate();
    },
  });
}
