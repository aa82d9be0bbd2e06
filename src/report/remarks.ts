// What a run remarks on beside its tables, of files before anything is uploaded and of itself in the end: pure.
import { composeRemedy } from '../../media/remedy.ts';
import type { Skipped } from '../assets/discover.ts';
import type { Finding } from '../assets/judge.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Outcome } from '../outcome.ts';
import type { PlanStep } from '../plan.ts';
import { compareCodeUnits, countOf, neutralise } from '../text/text.ts';

/** What is wrong with an asset that is rejected, or due and not current; what is unchanged was told of before. */
export function listAnnotations(step: PlanStep): readonly Pick<Finding, 'level' | 'message'>[] {
  if (step.action === 'keep' || step.action === 'remove') return [];
  const findings = step.action === 'reject' ? step.findings : step.asset.findings;
  const command = composeRemedy(step.path, findings, step.asset?.facts);
  const advice = command === undefined ? '' : `; or run \`${command}\``;
  const told = findings.map(({ level, message }, at) => ({
    level,
    message: at === findings.length - 1 ? message + advice : message,
  }));
  if (step.action === 'reject' || step.reason !== 'mismatch') return told;
  const message = 'the ID in the manifest names another content, so it is not used';
  return [...told, { level: 'warning', message }];
}

/** Counts what matched and is no asset, and names the first of each kind. */
export function describeSkipped(skipped: readonly Skipped[]): string {
  const kinds = [...Map.groupBy(skipped, ({ what }) => what)].sort(([a], [b]) => compareCodeUnits(a, b));
  const named = kinds.map(([what, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${what && `. ${what}`}: ${neutralise(first?.path ?? '')}${more}`;
  });
  const are = skipped.length === 1 ? 'is no asset and was' : 'are no assets and were';
  return `${countOf(skipped.length, 'matched file')} ${are} skipped${named.join('')}.`;
}

/** Tells of the assets for which only time asked for another ID, and what ends that; undefined without any. */
export function describeRenewed(
  outcomes: readonly Outcome[],
  { maxAge, renewBefore }: Pick<Inputs, 'maxAge' | 'renewBefore'>,
): string | undefined {
  const count = outcomes.filter(({ isRenewed }) => isRenewed).length;
  if (count === 0) return undefined;
  const settings = [
    ...(renewBefore === undefined ? [] : ['`renew-before: never`']),
    ...(maxAge === undefined ? [] : ['no `max-age`']),
  ];
  const which = `${countOf(count, 'asset')} needed another ID only because the old one had run out.`;
  if (settings.length === 0) return which;
  return `${which} To keep IDs for as long as the files stay the same, set ${settings.join(' and ')}.`;
}

/** Tells that IDs were gained which nothing keeps, the checkout having held no manifest; undefined where none were, or for want of advice. */
export function describeUnkept(
  outcomes: readonly Outcome[],
  manifestPath: string,
  advice: string | undefined,
): string | undefined {
  if (advice === undefined || !outcomes.some(({ status }) => status === 'uploaded' || status === 'reused'))
    return undefined;
  return `The checkout held no ${manifestPath}: the next run uploads again unless this file is kept. ${advice}`;
}
