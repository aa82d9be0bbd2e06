// A share of the tests that need neither a browser nor programs, in one process.
import { importTests } from '../support/import-tests.ts';

await importTests('rules', 2, 3);
