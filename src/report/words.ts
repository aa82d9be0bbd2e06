// Words that mean the same in summary, comment, pull request and gallery.
import type { MediaFacts } from '../../media/facts.ts';
import { TYPE_TITLES } from '../assets/asset-type.ts';
import type { Asset } from '../assets/judge.ts';
import { groupOutcomes, type Outcome, type Status } from '../outcome.ts';
import { type PlanStep, REASON_TEXT } from '../plan.ts';
import { escapeProse, formatBytes, formatSeconds } from '../text/text.ts';

/** `Uploaded`: the name of a status at the head of something. */
export function titleOf(status: Status): string {
  return status.charAt(0).toUpperCase() + status.slice(1);
}

/** `2 invalid, 1 with a warning, 3 uploaded, 15 unchanged`; `no assets` when there is none. A check removes nothing. */
export function describeCounts(outcomes: readonly Outcome[], isCheck = false): string {
  const counts = groupOutcomes(outcomes).map(([kind, members]) => {
    if (kind === 'warned') return `${members.length} with ${members.length === 1 ? 'a warning' : 'warnings'}`;
    const renewed = members.filter(({ isRenewed }) => isRenewed).length;
    const because = renewed === 0 ? '' : ` (${renewed} only because the ID had run out)`;
    return `${members.length} ${isCheck && kind === 'removed' ? 'to remove' : kind}${because}`;
  });
  return counts.join(', ') || 'no assets';
}

const ACTION_WORDS: Readonly<Record<PlanStep['action'], string>> = {
  upload: 'to upload',
  reuse: 'to reuse',
  keep: 'current',
  reject: 'invalid',
  remove: 'to remove',
};

/** `3 to upload (2 new, 1 content changed), 1 current`; `nothing to do` for an empty plan. */
export function describePlan(steps: readonly PlanStep[]): string {
  const counts = Object.entries(ACTION_WORDS).flatMap(([action, word]) => {
    const members = steps.filter((step) => step.action === action);
    const reasons = [...Map.groupBy(members, (step) => ('reason' in step ? REASON_TEXT[step.reason] : ''))];
    const why = reasons.map(([reason, { length }]) => (reasons.length > 1 ? `${length} ${reason}` : reason));
    return members.length === 0 ? [] : `${members.length} ${word}${why.join() && ` (${why.join(', ')})`}`;
  });
  return counts.join(', ') || 'nothing to do';
}

/** By path, what neither an annotation nor a line of the upload tells: what is done, or in `check` would be, and what is left. */
export function describeWork(outcomes: readonly Outcome[], isCheck: boolean): ReadonlyMap<string, string> {
  const work = new Map<string, string>();
  for (const { path, status, reason } of outcomes) {
    if (status === 'pending') work.set(path, reason);
    else if (status === 'reused') work.set(path, `reused, ${reason}`);
    else if (status === 'removed') work.set(path, `${isCheck ? 'will be removed' : 'removed'}: ${reason}`);
  }
  return work;
}

/** `JPEG picture · 1200 × 628 · 47.1 KB`, as HTML. */
export function describeAsset({ type, facts, size }: Pick<Asset, 'type' | 'facts' | 'size'>): string {
  return [TYPE_TITLES[type], describeFacts(facts), formatBytes(size)].filter(Boolean).join(' · ');
}

/** `1200 × 628, H.264, 12.0 s`: what of the facts helps to recognise a file, as HTML. */
export function describeFacts(facts: MediaFacts | undefined): string {
  if (facts === undefined) return '';
  const { width, height, videoCodec, durationSeconds } = facts;
  const parts = [
    width === undefined || height === undefined ? '' : `${width} × ${height}`,
    videoCodec,
    durationSeconds === undefined ? '' : formatSeconds(durationSeconds * 1000),
  ];
  return escapeProse(parts.filter(Boolean).join(', '));
}

/** `23 Nov 2026, 05:33 UTC`. */
export function formatTime(time: Date): string {
  const text = time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${text} UTC`;
}

/** A sentence of the run as HTML; what stands between back-ticks in it is code. */
export function formatProse(text: string): string {
  return escapeProse(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
