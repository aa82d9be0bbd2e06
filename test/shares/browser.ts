// The tests that need a browser, in one process.
import { importTests } from '../support/import-tests.ts';

await importTests('browser');
