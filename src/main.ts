// The entry of the action.
import { setFlagsFromString } from 'node:v8';
import { listenForCancellation } from './cancellation.ts';
import { openStepHost } from './github/step-host.ts';
import { GitHubReporter } from './report/github-reporter.ts';
import { runStep } from './run.ts';

// V8 makes room for short-lived data too readily: at 20 000 assets that costs 50 MB and saves no time.
setFlagsFromString('--semi-space-growth-factor=1');
await runStep(openStepHost(process.env), new GitHubReporter(), listenForCancellation());
// Node drops signal handlers while it winds down by itself: a second signal would then end the process without its exit
// code. What is printed is out once the callback comes.
process.stdout.write('', () => process.exit());
