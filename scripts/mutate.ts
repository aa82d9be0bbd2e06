// Runs mutation testing alone: `npm run mutate -- --sample 8 --only src/plan.ts`. Exit code 0 whatever survives.
import { parseArgs } from 'node:util';
import { describeScore, printSurvivor } from './mutation-report.ts';
import { testMutants } from './mutation.ts';

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '6' },
    only: { type: 'string', default: '{src,media}/**/*.ts' },
  },
});
const trials = await testMutants({
  only: values.only,
  sample: Number(values.sample),
  onTrial: printSurvivor,
});
console.log(`\n${describeScore(trials)}`);
