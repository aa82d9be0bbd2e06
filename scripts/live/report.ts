// What a proof says, for the log and for the job summary.
import { FACTS } from '../../test/github-api/facts.ts';
import { countOf, escapeProse, neutralise } from '../../src/text/text.ts';
import { hasPassed, type PlayedScene, type Proof } from './prove.ts';
import type { Row } from './trial.ts';

const MARKS = { 'as written': '✓', otherwise: '✗', 'not tried': '–' };

/** A fact in one line. */
export function wordRow({ name, verdict, isOpen, seen }: Row): string {
  const open = isOpen ? ', which nobody knows for sure' : '';
  return neutralise(`${MARKS[verdict]} ${verdict}${open}: ${FACTS[name].what}: ${seen}`);
}

/** A scene in a few lines; with the logs of the action when it did not pass. */
export function wordScene(scene: PlayedScene): string {
  const { name, claims, error, logs } = scene;
  if (hasPassed(scene)) return `✓ ${name}: ${countOf(claims.length, 'claim')} true`;
  const wrong = claims.filter(({ holds }) => !holds);
  const faults = wrong.map(({ text, seen }) => neutralise(`not true: ${text}, seen: ${seen}`));
  const lines = error === undefined ? faults : [...faults, neutralise(error)];
  // A bar in front, so that the runner does not obey what the action printed.
  const log = logs.flatMap((text) => text.trimEnd().split('\n')).map((line) => `| ${line}`);
  return [`✗ ${name}`, ...lines.map((line) => `  ${line}`), ...log].join('\n');
}

/** The counts of a proof, and what is left of it. */
export function wordEnd({ rows, scenes, left, requests }: Proof): string {
  const counts = Object.keys(MARKS).map(
    (verdict) => `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`,
  );
  const passed = `${scenes.filter(hasPassed).length} of ${countOf(scenes.length, 'scene')} passed`;
  const end = left.length === 0 ? 'every branch was removed' : `these branches are left: ${left.join(', ')}`;
  return `Facts: ${counts.join(', ')}. ${passed}; ${countOf(requests, 'request')} beside the action's own; ${end}.`;
}

/** The same as tables, for the job summary. */
export function buildTables(proof: Proof): string {
  const facts = proof.rows.map(({ name, verdict, isOpen, seen }) => {
    const { what, written } = FACTS[name];
    return [`${MARKS[verdict]} ${verdict}`, `${what}: ${written}`, isOpen ? `(open) ${seen}` : seen];
  });
  const scenes = proof.scenes.map((scene) => {
    const wrong = scene.claims.filter(({ holds }) => !holds).map(({ text }) => text);
    const seen = [...wrong, ...(scene.error === undefined ? [] : [scene.error])].join('; ');
    return [hasPassed(scene) ? '✓ passed' : '✗ failed', scene.name, seen];
  });
  return `### On the real GitHub\n\n${escapeProse(wordEnd(proof))}\n\n${buildTable(facts)}${buildTable(scenes)}`;
}

function buildTable(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => cells.map((cell) => `<td>${escapeProse(cell)}</td>`).join(''));
  return rows.length === 0
    ? ''
    : `<table>\n${lines.map((line) => `<tr>${line}</tr>\n`).join('')}</table>\n\n`;
}
