// What the figures mean and what bounds them: the text below the table of RESULTS.md.

export const NOTES = `## What was tried, and what it gave

Ratios on a machine shared with other work; they show the effect of each step, the table shows the result.

| step | effect |
| --- | --- |
| GitHub's part, the readers of PDF and MP4, \`worker_threads\`, \`perf_hooks\` and \`util\` loaded on demand; what every run loads in few files | start-up 2.8× → 2.4× in processor time |
| \`node:assert\` of @actions/glob replaced; \`process.exit\` at the end | no more than noise; not kept |
| a compile cache | 3 ms when it is warm, which on a fresh checkout it never is; not kept |
| four system calls for each small file (open, fstat, read, close); the media rules read from memory; threads exchange JSON | 20 000 files 11.6× → 7.9× |
| a canonical manifest is known to hold no key twice when it is written back the same; contents are looked up only when an asset is due | 20 000 files: 0.14 s of 1.27 s |
| the walk knows the paths of what it finds | 20 000 files: 0.09 s of 1.13 s |
| the main thread judges too, so two cores need one further thread | 20 000 files: 14 MB and 0.04 s |
| fewer copies of a large manifest; small young generations for threads | 20 000 files: 30 MB |
| no growth of the main thread's young generation | 20 000 files: 52 MB, time the same |
| pieces of 128 KiB instead of 256 when a file is sent | eight slow uploads: 13 MB, time the same |

## What bounds the rows

- **Start-up.** Of the time above an empty process, about 7 ms go to modules of Node that cannot be left out (\`crypto\`
  alone 4.5 ms), 9 ms to loading 109 KB of the action, 5 ms to the first patterns of @actions/glob, and the rest to
  inputs, manifest, outputs and the log, most of it code that runs once and is compiled for it.
- **Files of 1 MB and 50 MB.** The processor's SHA-256 on two cores: both threads hash nearly all of the time, and the
  media rules read the ends of the files once more. What is missing is starting the second thread, and the last file,
  which one thread finishes alone.
- **20 000 small files.** The floor is what the system takes for 80 000 calls. Above it stand the walk (0.15 s),
  the manifest of 10 MB (0.15 s), the plan and the outputs (0.1 s); \`git hash-object\` does none of these.
- **Many uploads.** Each wave of eight waits for the latency; between waves, client and server need about 10 ms for
  sending, hashing and answering. The action also starts, judges and loads its HTTP client, which curl need not.
- **One large upload.** The bytes are hashed twice, when they are judged and while they are sent, so that what is
  recorded is what was sent; curl hashes nothing. The server hashes too, for both.
`;
