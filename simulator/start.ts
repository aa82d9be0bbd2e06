// Starts the simulator for people: prints its address, the credentials to use and what arrives.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { controlHelp, handleControl } from './control.ts';
import { demoAccount, startSimulator } from './server.ts';

const usage = `Usage: npm run simulator -- [options]
  --port <number>          port on 127.0.0.1, by default a free one
  --access-key <text>      accessKey to accept
  --access-secret <text>   accessSecret that goes with it
  --phone <digits>         bound number, may be repeated
  --latency <ms>           wait before each reply
  --capacity <number>      answer 429 to more uploads at a time
  --expires-after <s>      let IDs state an expiry, 345600 is four days
  --bytes-per-id-line <n>  give a line of ID for every so many bytes`;

const options = {
  help: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  'access-key': { type: 'string', default: demoAccount.accessKey },
  'access-secret': { type: 'string', default: demoAccount.accessSecret },
  phone: { type: 'string', multiple: true, default: [...demoAccount.phones] },
  latency: { type: 'string', default: '0' },
  capacity: { type: 'string' },
  'expires-after': { type: 'string' },
  'bytes-per-id-line': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const values = parseOptions();

function parseOptions(): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(what: string): never {
  console.error(`${what}\n\n${usage}`);
  process.exit(2);
}

function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  refuse(`--${name} must be a number, not "${text}"`);
}

if (values.help) {
  console.log(usage);
} else {
  const account = {
    accessKey: values['access-key'],
    accessSecret: values['access-secret'],
    phones: values.phone,
  };
  const simulator = await startSimulator({
    accounts: [account],
    port: parseCount('port', values.port),
    latencyMs: parseCount('latency', values.latency),
    capacity: parseCount('capacity', values.capacity),
    expiresAfterSeconds: parseCount('expires-after', values['expires-after']),
    bytesPerIdLine: parseCount('bytes-per-id-line', values['bytes-per-id-line']),
    control: handleControl,
    onUpload: ({ index, fileName, size, verdict, mistakes, answer }) => {
      const outcome = answer === undefined ? verdict : `${verdict}, HTTP ${answer.status}`;
      console.log(`#${index} ${fileName || '(no file)'} ${size} bytes: ${[outcome, ...mistakes].join('; ')}`);
    },
    onTemplate: ({ action, body, id, mistakes }) => {
      const outcome = id === undefined ? ['refused', ...mistakes] : [`accepted, template ${id}`];
      console.log(`${action} ${JSON.stringify(body?.name)}: ${outcome.join('; ')}`);
    },
  });
  console.log(`NXCloud simulator on ${simulator.url}

  api-url:        ${simulator.url}
  access-key:     ${account.accessKey}
  access-secret:  ${account.accessSecret}
  business-phone: ${account.phones.join(' or ')}

${controlHelp}

Stop with Ctrl+C.
`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}
