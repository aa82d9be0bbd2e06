// The entry of the action: cancellation and the reporter, then the pipeline.
import { StepError } from './errors.ts';
import { Reporter } from './report/reporter.ts';
import { runStep } from './run.ts';

const cancellation = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => cancellation.abort(new StepError(`The run was cancelled (${name}).`)));
}
await runStep(process.env, new Reporter(), cancellation.signal);
