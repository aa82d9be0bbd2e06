// A server on loopback that takes connections and never says a word: no handshake of TLS ever ends.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A running server. */
export interface MuteServer {
  readonly port: number;
  readonly openConnections: number;
}

/** Starts one that ends with the test. `onWait` is told when a client has said something and waits for an answer. */
export async function openMuteServer(
  t: TestContext,
  onWait: () => void = () => undefined,
): Promise<MuteServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Clients leave as they like.
    socket.on('error', () => undefined);
    socket.once('data', onWait);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get openConnections() {
      return sockets.size;
    },
  };
}
