// The tests of the lower rooms, in one process.
import { importTests } from './support/import-tests.ts';

await importTests(true);
