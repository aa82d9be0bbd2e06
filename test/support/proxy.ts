// A forward proxy on loopback that opens tunnels, and remembers whom it was asked for.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface ProxyOptions {
  /** Port on 127.0.0.1 behind each name it can resolve; others it does not find. */
  readonly ports?: Readonly<Record<string, string>>;
  /** `user:password` it asks for. */
  readonly credentials?: string;
  /** Takes connections, and says nothing. */
  readonly isSilent?: boolean;
  /** Opens the tunnel, and lets nothing through. */
  readonly isBlocked?: boolean;
  /** Told when a client waits for an answer that a silent proxy, or one that lets nothing through, keeps from it. */
  readonly onWait?: () => void;
  /** Key and certificate in PEM; with them clients speak TLS to the proxy. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A running proxy. */
export interface ProxyServer {
  readonly port: number;
  /** Method and target of each request, in order. */
  readonly requests: readonly string[];
  readonly openConnections: number;
}

/** Starts a proxy that ends with the test. */
export async function openProxy(t: TestContext, options: ProxyOptions = {}): Promise<ProxyServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Clients leave as they like.
    socket.on('error', () => socket.destroy());
  };
  const server: Server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', keep);
  const judge = (request: IncomingMessage): string | undefined => {
    requests.push(`${request.method} ${request.url}`);
    const { credentials } = options;
    const expected =
      credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
    return request.headers['proxy-authorization'] === expected
      ? undefined
      : '407 Proxy Authentication Required';
  };
  server.on('request', (request, response) => {
    if (options.isSilent) return;
    response.statusCode = Number.parseInt(judge(request) ?? '501', 10);
    response.end();
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const refusal = judge(request);
    // Sockets of an HTTP server may be half open: the end of one side is not yet the end of the other.
    client.on('end', () => client.end()).resume();
    if (options.isSilent) {
      options.onWait?.();
      return;
    }
    const [name = ''] = (request.url ?? '').split(':');
    const port = options.ports?.[name];
    if (refusal !== undefined || port === undefined) {
      client.end(`HTTP/1.1 ${refusal ?? '502 Bad Gateway'}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (options.isBlocked) {
      client.once('data', () => options.onWait?.());
      return;
    }
    const upstream = connect(Number(port), '127.0.0.1');
    keep(upstream);
    upstream.pipe(client);
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get openConnections() {
      return sockets.size;
    },
  };
}
