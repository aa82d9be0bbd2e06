// The entry of the action.
import { listenForCancellation } from './cancellation.ts';
import { openStepHost } from './github/step-host.ts';
import { GitHubReporter } from './report/github-reporter.ts';
import { runStep } from './run.ts';

await runStep(openStepHost(process.env), new GitHubReporter(), listenForCancellation());
