// A share of the all other tests, in one process.
import { importTests } from '../support/import-tests.ts';

await importTests('rules', 1, 2);
