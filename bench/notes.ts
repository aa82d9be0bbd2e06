// What the figures mean and what bounds them: the text below the table of RESULTS.md.

export const NOTES = `## What was tried, and what it gave

Ratios on a machine shared with other work; they show the effect of each step, the table shows the result.

| step | effect |
| --- | --- |
| GitHub's part, the readers of PDF and MP4, \`worker_threads\`, \`perf_hooks\` and \`util\` loaded on demand | start-up 2.8× → 2.4× in processor time |
| CommonJS instead of ES modules: no module of Node is evaluated getter by getter, none is linked | start-up: 2 ms of 62 |
| looks at files, the manifest and the event without the thread pool; the summary appended without \`fs.promises\` | start-up: 6 ms |
| patterns made once, the phone number's and the log's expressions made when a text may need them | start-up: 2 ms |
| \`process.exit\` at the end | no more than noise; kept for the exit code of late signals |
| a compile cache | 3 ms when it is warm, which on a fresh checkout it never is; not kept |
| a larger young generation | no more than noise; not kept |
| four system calls for each small file (open, fstat, read, close); the media rules read from memory; threads exchange JSON | 20 000 files 11.6× → 7.9× |
| the walk knows the paths of what it finds, and reads folders synchronously | 20 000 files: 0.15 s of 1.13 s |
| the main thread judges too, so two cores need one further thread | 20 000 files: 14 MB and 0.04 s |
| fewer copies of a large manifest; small young generations for threads | 20 000 files: 30 MB |
| no growth of the main thread's young generation | 20 000 files: 52 MB, eight slow uploads: 44 MB, time the same |
| what every run loads in one file, of which the bundler alone makes fifteen | start-up: 3 to 5 ms of 75 |
| the bundle in ASCII, lighter stand-ins for parts of undici | start-up: no more than noise; 0.32 MB of bundle; not kept |
| a file that is sent is read without the thread pool | 1 × 100 MB: 0.2× |
| pieces of 32 KiB from a concurrency of eight on, of 128 KiB up to two | eight slow uploads: 30 MB less than with 128 KiB; one upload a tenth faster than with 32 KiB |

## What bounds the rows

- **Start-up.** Of the time above an empty process, about 11 ms go to modules of Node that cannot be left out: \`crypto\`
  alone 5 ms, standard output to a pipe 3 ms, \`zlib\`, for the checksums of a PNG, 2 to 3 ms. 8 ms are loading 130 KB of the
  action, 3 ms the first pattern of @actions/glob, 2 ms a collection of garbage. The rest is inputs, manifest, outputs and
  the log: code that runs once and is compiled for it. What is left to gain would cost more than it gives: an own globber,
  an own writer of workflow commands, an own checksum, or binary code caches in the repository. A bundle that compared no
  checksums and knew less took 1.92× to 2.13× in the minutes in which this one took 2.28× to 2.46×; on a faster day the
  same bundle took 1.99×.
- **Files of 1 MB and 50 MB.** The processor's SHA-256 on two cores: both threads hash nearly all of the time.
- **20 000 small files.** The floor is what the system takes for 80 000 calls. Above it stand the walk (0.1 s),
  the manifest of 10 MB (0.15 s), the plan and the outputs (0.1 s); \`git hash-object\` does none of these.
- **Many uploads.** Each wave of eight waits for the latency; between waves, client and server need about 10 ms for
  sending, hashing and answering. The action also starts, judges and loads its HTTP client, which curl need not. The bundle that reached 1.15×
  on a faster day took 1.24× in the minutes in which this one took 1.27×.
- **One large upload.** The bytes are hashed twice, when they are judged and while they are sent, so that what is
  recorded is what was sent; curl hashes nothing. The server hashes too, for both.
`;
