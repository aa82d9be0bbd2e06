// All facts, with how each is tried.
import type { FactName } from '../../test/github-api/facts.ts';
import { ACCESS_TRIALS } from './access-trials.ts';
import { PULL_TRIALS } from './pull-trials.ts';
import { GRAPHQL_TRIALS } from './graphql-trials.ts';
import { REST_TRIALS } from './rest-trials.ts';
import type { Trials } from './trial.ts';
import { WRITING_TRIALS } from './writing-trials.ts';

/** Whoever adds a fact says here how it is tried, or why it is not. */
export const TRIALS: Trials<FactName> = {
  ...GRAPHQL_TRIALS,
  ...REST_TRIALS,
  ...ACCESS_TRIALS,
  ...WRITING_TRIALS,
  ...PULL_TRIALS,
};
