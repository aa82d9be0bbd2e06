// The job summary: verdict, counts, and the assets that are not simply current, those with findings first. HTML
// throughout, so that one escaping rule holds.
import { isWarned, type Outcome, type Status, STATUSES, withStatus } from '../outcome.ts';
import type { PictureSource } from './pictures.ts';
import { buildAssetRow, buildTable } from './rows.ts';
import { describeCounts, formatProse, titleOf } from './words.ts';

/** What stands around the tables. */
export interface SummaryHead {
  /** Whether the step succeeds. */
  readonly isSuccess: boolean;
  /** Why the run was cut short or reduced, in sentences; may be empty. */
  readonly remarks: readonly string[];
  /** Where the pictures are; undefined shows none. */
  readonly pictures: PictureSource | undefined;
}

/** Of more assets without an error the tables are folded. */
const MOST_UNFOLDED = 10;

interface Section {
  readonly title: string;
  readonly members: readonly Outcome[];
  readonly isFolded?: boolean;
}

/**
 * Builds the summary as GitHub-flavoured Markdown of at most `maxBytes`; rows that do not fit are counted as
 * "and N more", tables of which nothing fits by the line of counts alone. The remarks always stand.
 */
export function buildSummary(outcomes: readonly Outcome[], head: SummaryHead, maxBytes: number): string {
  let text = `### NXCloud template assets\n\n${head.isSuccess ? '✅' : '❌'} ${describeCounts(outcomes)}\n\n`;
  // What GitHub refuses can take several lines.
  for (const remark of head.remarks) text += `<p>${remark.split('\n').map(formatProse).join('<br>')}</p>\n\n`;
  for (const { title, members, isFolded } of listSections(outcomes)) {
    const name = `${title} (${members.length})`;
    const rows = members.map((outcome) => buildAssetRow(outcome, head.pictures));
    const room = maxBytes - Buffer.byteLength(text);
    text += isFolded
      ? buildTable(`<details>\n<summary><b>${name}</b></summary>\n`, rows, '</details>\n\n', room)
      : buildTable(`#### ${name}\n\n`, rows, '\n', room);
  }
  return text;
}

/** What there is to show, by how much it matters. */
function listSections(outcomes: readonly Outcome[]): readonly Section[] {
  const news: readonly Status[] = STATUSES.filter((status) => status !== 'invalid' && status !== 'unchanged');
  const warned = outcomes.filter(isWarned);
  const old = withStatus(warned, 'unchanged');
  const quiet = outcomes.filter((outcome) => !isWarned(outcome) && news.includes(outcome.status));
  const isFolded = quiet.length > MOST_UNFOLDED;
  const sections: readonly Section[] = [
    { title: titleOf('invalid'), members: withStatus(outcomes, 'invalid') },
    ...news.map((status) => ({
      title: `${titleOf(status)}, with warnings`,
      members: withStatus(warned, status),
    })),
    ...news.map((status) => ({ title: titleOf(status), members: withStatus(quiet, status), isFolded })),
    // They were told before.
    { title: 'Unchanged, with warnings', members: old, isFolded: old.length > MOST_UNFOLDED },
  ];
  return sections.filter(({ members }) => members.length > 0);
}
