// The entry of the action.
import { listenForCancellation } from './cancellation.ts';
import { Reporter } from './report/reporter.ts';
import { runStep } from './run.ts';

await runStep(process.env, new Reporter(), listenForCancellation());
