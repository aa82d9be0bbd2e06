// A share of the tests that run programs, in one process.
import { importTests } from '../support/import-tests.ts';

await importTests('programs', 4, 5);
