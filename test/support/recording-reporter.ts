// A reporter for tests that keeps what it is told.
import type { Reporter } from '../../src/report/reporter.ts';

/** A reporter and what it was told, in order, as `mask: …`, `warning: …` and so on. */
export function makeRecordingReporter(): { readonly reporter: Reporter; readonly told: string[] } {
  const told: string[] = [];
  const reporter: Reporter = {
    maxOutputCharacters: 400_000,
    hide: (secrets) => told.push(`mask: ${secrets.filter((secret) => secret !== '').join(' | ')}`),
    info: (message) => told.push(`info: ${message}`),
    group: async (_title, body) => await body(),
    annotate: (level, message, path) =>
      told.push(`${level}: ${path === undefined ? '' : `${path}: `}${message}`),
    setOutputs(outputs) {
      told.push(`outputs: ${JSON.stringify(outputs)}`);
      return undefined;
    },
    writeSummary: (markdown) => told.push(`summary: ${markdown}`),
    conclude({ failures }) {
      if (failures.length > 0) told.push(`fail: ${failures.map(({ sentence }) => sentence).join(' ')}`);
    },
  };
  return { reporter, told };
}
