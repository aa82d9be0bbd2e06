// All tests that need no process of their own, but those of the lower rooms.
import { importTests } from './support/import-tests.ts';

await importTests(false);
