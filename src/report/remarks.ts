// What a run remarks on that does not fail the step: pure.
import type { Inputs } from '../inputs/inputs.ts';
import type { Outcome } from '../outcome.ts';
import { countOf } from '../text/text.ts';

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
