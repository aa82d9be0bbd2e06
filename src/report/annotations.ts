// What annotations say of assets before anything is uploaded: pure.
import { composeRemedy } from '../../media/remedy.ts';
import type { Skipped } from '../assets/discover.ts';
import type { PlanStep } from '../plan.ts';
import { compareCodeUnits, countOf, neutralise } from '../text/text.ts';
import type { Level } from './reporter.ts';

/** What is wrong with an asset that is rejected, or due and not current; what is unchanged was told of before. */
export function listAnnotations(
  step: PlanStep,
): readonly { readonly level: Level; readonly message: string }[] {
  if (step.action === 'keep' || step.action === 'remove') return [];
  const findings = step.action === 'reject' ? step.findings : step.asset.findings;
  const command = composeRemedy(step.path, findings, step.asset?.facts);
  const told = findings.map(({ level, message }, at) => {
    const isLast = at === findings.length - 1;
    return {
      level,
      message: command !== undefined && isLast ? `${message}; or run \`${command}\`` : message,
    };
  });
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
