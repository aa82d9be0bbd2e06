// The entry of the action.
import { openStepHost } from './inputs/host.ts';
import { listenForCancellation } from './pipeline/process.ts';
import { GitHubReporter } from './report/reporter.ts';
import { runStep } from './pipeline/run.ts';

/** Runs the step to its ending, in this process. For tools that run actions by a function, as GitHub's local-action. */
export async function run(): Promise<void> {
  const reporter = new GitHubReporter(process.env.GITHUB_STEP_SUMMARY);
  await runStep(openStepHost(process.env), reporter, listenForCancellation());
}

// A runner executes this file; whoever imports it calls `run` by itself.
if (import.meta.main) {
  void run().then(() => {
    // Node drops signal handlers while it winds down by itself: a second signal would then end the process without its
    // exit code. What is printed is out once the callback comes.
    process.stdout.write('', () => process.exit());
  });
}
