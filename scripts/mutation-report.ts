// The result of mutation testing as text: the score, the table of files, the survivors.
import type { Trial } from './mutation.ts';

/** Prints where a survivor is, what was changed, and the line before the change. */
export function printSurvivor({ mutant: { file, line, kind, code }, verdict }: Trial): void {
  if (verdict === 'survived') console.log(`survived  ${file}:${line}  ${kind}  ${code}`);
}

/** The share of mutants that were noticed, and by what. */
export function describeScore(trials: readonly Trial[]): string {
  const { killed, timeout, survived, untyped } = countVerdicts(trials);
  const tried = killed + timeout + survived;
  const score = ((100 * (killed + timeout)) / tried).toFixed(1);
  return (
    `${killed + timeout} of ${tried} mutants noticed, ${score} %: ${killed} by a failing test, ${timeout} by ` +
    `running out of time. ${untyped} more do not compile and do not count.`
  );
}

/** Files with their verdicts, and each survivor with its line, as Markdown. */
export function renderMutation(trials: readonly Trial[]): string {
  const rows = [...Map.groupBy(trials, ({ mutant }) => mutant.file)].map(([file, own]) => {
    const { killed, timeout, survived } = countVerdicts(own);
    return `| ${file} | ${killed + timeout + survived} | ${killed} | ${timeout} | ${survived} |`;
  });
  const survivors = trials
    .filter(({ verdict }) => verdict === 'survived')
    .map(({ mutant: { file, line, kind, code } }) => `| ${file}:${line} | ${kind} | ${renderCode(code)} |`);
  return `${describeScore(trials)}

| file | mutants | failed a test | ran out of time | survived |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

| survivor | change | line before it |
| --- | --- | --- |
${survivors.join('\n')}
`;
}

function countVerdicts(trials: readonly Trial[]): Record<Trial['verdict'], number> {
  const counts = { killed: 0, timeout: 0, survived: 0, untyped: 0 };
  for (const { verdict } of trials) counts[verdict] += 1;
  return counts;
}

/** A code span in a table's cell, whatever the line holds. */
function renderCode(code: string): string {
  return `\`\` ${code.replaceAll('|', '\\|')} \`\``;
}
