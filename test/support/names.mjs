// Preloaded into a child process: answers lookups of `nxcloud.test` from NAME_ANSWERS, a JSON array of addresses and error
// codes that are given in turn, the last one again and again. Everything after the lookup is real.
import dns from 'node:dns';

const answers = JSON.parse(process.env.NAME_ANSWERS ?? '[]');
const { lookup } = dns;
let count = 0;

dns.lookup = (hostname, options, callback) => {
  if (hostname !== 'nxcloud.test') return lookup(hostname, options, callback);
  const answer = answers[Math.min(count, answers.length - 1)];
  count += 1;
  if (!/^\d/.test(answer)) {
    const error = Object.assign(new Error(`getaddrinfo ${answer} ${hostname}`), { code: answer, hostname });
    process.nextTick(callback, error);
  } else if (options.all) process.nextTick(callback, null, [{ address: answer, family: 4 }]);
  else process.nextTick(callback, null, answer, 4);
};
