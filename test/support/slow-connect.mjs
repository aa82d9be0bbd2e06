// Preloaded into a child process: a slow line to a host with a dead address. `localhost` and `proxy.test` have the addresses
// 127.0.0.1 and ::1; on the first, each connection comes about 400 ms late, on the other nothing is reached.
import dns from 'node:dns';

const DELAY_MS = 400;
const NAMES = ['localhost', 'proxy.test'];

const { lookup } = dns;
dns.lookup = (hostname, options, callback) => {
  if (!NAMES.includes(hostname)) return lookup(hostname, options, callback);
  const answers = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all) process.nextTick(callback, null, answers);
  else process.nextTick(callback, null, answers[0].address, 4);
};

// The handle below `net.connect`: above it, the wait for an address could not be told from others.
const { TCP } = process.binding('tcp_wrap');
const { connect, connect6, close } = TCP.prototype;
const closed = new WeakSet();
TCP.prototype.close = function (...args) {
  closed.add(this);
  return close.apply(this, args);
};
TCP.prototype.connect = function (...args) {
  setTimeout(() => {
    if (!closed.has(this)) connect.apply(this, args);
  }, DELAY_MS);
  return 0;
};
// Port 1 of this machine: nothing listens there, and where IPv6 is missing the system says so.
TCP.prototype.connect6 = function (request, address) {
  return connect6.call(this, request, address, 1);
};
