// What is measured, row by row: the action against a public tool or against arithmetic.
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type ActionRun,
  compare,
  measureEmptyPeak,
  measurePeak,
  timeAction,
  timeCommand,
  timeEmptyNode,
} from './contest.ts';
import { curlInLoop, curlInParallel } from './curl.ts';
import { type Library, type LibraryPlan, makeLibrary } from './library.ts';
import { type Service, startService } from './service.ts';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly comparedWith: string;
  readonly measured: number;
  /** What is to be reached: at most this. */
  readonly limit: number;
  readonly unit: '×' | ' MB';
  /** The figures behind the ratio. */
  readonly figures: string;
}

/** A part of the bench, by the name that selects it on the command line. */
export const PARTS: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  'start-up': measureStartUp,
  megabytes: () => measureUnchanged({ count: 1000, size: MB }, 3, 0.25),
  documents: () => measureUnchanged({ count: 20, size: 50 * MB, type: 'application/pdf' }, 3, 0.2),
  small: measureSmallFiles,
  uploads: measureUploads,
  'large-upload': measureLargeUpload,
  'slow-server': measureSlowServer,
  refusals: measureRefusals,
  growth: measureGrowth,
  bundle: measureBundle,
};

const MB = 1024 * 1024;
const LATENCY_MS = 100;

async function withLibrary<T>(plan: Partial<LibraryPlan>, use: (library: Library) => Promise<T>): Promise<T> {
  const library = makeLibrary({ count: 1, size: 0, type: 'image/png', isRecorded: true, ...plan });
  try {
    return await use(library);
  } finally {
    library.remove();
  }
}

async function withService<T>(options: readonly string[], use: (service: Service) => Promise<T>): Promise<T> {
  const service = await startService(options);
  try {
    return await use(service);
  } finally {
    service.stop();
  }
}

function expectUnchanged(library: Library): ActionRun {
  return { expect: { 'unchanged-count': String(library.files.length) } };
}

/** Uploads a library anew. */
function timeUpload(library: Library, service: Service, concurrency: number): Promise<number> {
  return timeAction(library, upload(library, service, concurrency));
}

function upload(library: Library, service: Service, concurrency: number): ActionRun {
  return {
    apiUrl: service.url,
    inputs: { concurrency: String(concurrency), force: 'true', 'media-checks': 'warn' },
    expect: { 'uploaded-count': String(library.files.length) },
  };
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function makeRow(
  what: string,
  comparedWith: string,
  [own = Number.NaN, other = Number.NaN]: readonly number[],
  limit: number,
): Row {
  const figures = `${seconds(own)} against ${seconds(other)}`;
  return { what, comparedWith, measured: own / other, limit, unit: '×', figures };
}

async function measureStartUp(): Promise<readonly Row[]> {
  return await withLibrary({}, async (library) => {
    const run = (): Promise<number> => timeAction(library, expectUnchanged(library));
    const times = await compare(45, [run, timeEmptyNode]);
    return [makeRow('start-up: one small asset, unchanged, no network', '`node -e 0`', times, 2)];
  });
}

async function measureUnchanged(
  plan: Partial<LibraryPlan>,
  rounds: number,
  limit: number,
): Promise<readonly Row[]> {
  return await withLibrary(plan, async (library) => {
    const paths = library.files.map(({ path }) => path);
    const times = await compare(rounds, [
      () => timeAction(library, expectUnchanged(library)),
      () => timeCommand('sha256sum', paths, { cwd: library.root }),
    ]);
    const size = `${paths.length} files of ${(plan.size ?? 0) / MB} MB`;
    return [makeRow(`no-change run over ${size}`, '`sha256sum`', times, limit)];
  });
}

async function measureSmallFiles(): Promise<readonly Row[]> {
  return await withLibrary({ count: 20_000 }, async (library) => {
    const input = library.files.map(({ path }) => `${path}\n`).join('');
    const times = await compare(5, [
      () => timeAction(library, expectUnchanged(library)),
      () => timeCommand('git', ['hash-object', '--stdin-paths'], { cwd: library.root, input }),
    ]);
    const peak = await measurePeak(library, expectUnchanged(library));
    const empty = await measureEmptyPeak(library.root);
    return [
      makeRow('no-change run over 20 000 small files', '`git hash-object --stdin-paths`', times, 6),
      makePeakRow('peak RSS, 20 000 assets', peak, empty, 150),
    ];
  });
}

function makePeakRow(what: string, peak: number, empty: number, limit: number): Row {
  return {
    what,
    comparedWith: 'empty Node process',
    measured: (peak - empty) / 1e6,
    limit,
    unit: ' MB',
    figures: `${megabytes(peak)} against ${megabytes(empty)}`,
  };
}

async function measureUploads(): Promise<readonly Row[]> {
  const [count, concurrency] = [200, 8];
  return await withLibrary({ count, size: 200 * 1024, isRecorded: false }, (library) =>
    withService(['--latency', String(LATENCY_MS)], async (service) => {
      const [own = 0, parallel = 0] = await compare(3, [
        () => timeUpload(library, service, concurrency),
        () => curlInParallel(library, service, concurrency),
      ]);
      const loop = await curlInLoop(library, service);
      const ideal = (count * LATENCY_MS) / concurrency;
      const what = 'upload of 200 × 200 KB, server latency 100 ms, concurrency 8';
      return [
        makeRow(what, 'files × latency ÷ 8', [own, ideal], 1.18),
        makeRow('the same', '`curl -Z --parallel-max 8`', [own, parallel], 1.1),
        makeRow('the same', 'a shell loop of `curl -F`', [own, loop], 0.15),
      ];
    }),
  );
}

async function measureLargeUpload(): Promise<readonly Row[]> {
  return await withLibrary({ size: 99 * MB, type: 'application/pdf', isRecorded: false }, (library) =>
    withService([], async (service) => {
      const times = await compare(5, [
        () => timeUpload(library, service, 1),
        () => curlInLoop(library, service),
      ]);
      return [makeRow('upload of 1 × 100 MB on loopback', '`curl -F`', times, 2.5)];
    }),
  );
}

async function measureSlowServer(): Promise<readonly Row[]> {
  const count = 8;
  return await withLibrary({ count, size: 99 * MB, type: 'application/pdf', isRecorded: false }, (library) =>
    withService([], async (service) => {
      await service.readSlowly(count, 5 * MB);
      const peak = await measurePeak(library, upload(library, service, count));
      const empty = await measureEmptyPeak(library.root);
      return [makePeakRow('peak RSS, 8 × 100 MB in flight, the server reads 5 MB/s each', peak, empty, 100)];
    }),
  );
}

async function measureRefusals(): Promise<readonly Row[]> {
  return await withLibrary({ count: 100, isRecorded: false }, (library) =>
    withService(['--latency', String(LATENCY_MS), '--capacity', '2'], async (service) => {
      const times = await compare(2, [
        () => timeUpload(library, service, 8),
        () => timeUpload(library, service, 2),
      ]);
      const what = '100 assets at concurrency 8, the server takes 2 at a time and answers 429 to the rest';
      return [makeRow(what, 'the same at concurrency 2', times, 1.3)];
    }),
  );
}

async function measureGrowth(): Promise<readonly Row[]> {
  const measure = (count: number): Promise<readonly [time: number, peak: number]> =>
    withLibrary({ count }, async (library) => {
      const run = expectUnchanged(library);
      const [time = 0] = await compare(5, [() => timeAction(library, run)]);
      return [time, await measurePeak(library, run)] as const;
    });
  const [emptyTime, emptyPeak] = await measure(1);
  const [fewTime, fewPeak] = await measure(2000);
  const [manyTime, manyPeak] = await measure(20_000);
  const what = 'growth: 2 000 → 20 000 assets, less the run over one';
  const times = [manyTime - emptyTime, fewTime - emptyTime] as const;
  const peaks = [manyPeak - emptyPeak, fewPeak - emptyPeak] as const;
  return [
    makeRow(`${what}: time`, '2 000 assets', times, 11),
    {
      what: `${what}: memory`,
      comparedWith: '2 000 assets',
      measured: peaks[0] / peaks[1],
      limit: 11,
      unit: '×',
      figures: `${megabytes(peaks[0])} against ${megabytes(peaks[1])}`,
    },
  ];
}

async function measureBundle(): Promise<readonly Row[]> {
  const dist = resolve(import.meta.dirname, '../dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stats: statSync(join(dist, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({ name, size: stats.size }));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const ofLicences = files.find(({ name }) => name === 'licenses.txt')?.size ?? 0;
  return [
    {
      what: 'bundle, with licences',
      comparedWith: '',
      measured: total / 1e6,
      limit: 1.5,
      unit: ' MB',
      figures: `${files.length} files, ${megabytes(ofLicences)} of them licences`,
    },
  ];
}
