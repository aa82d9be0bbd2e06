// Pages of the gallery for tests.
import type { Asset, Finding } from '../../src/assets/judge.ts';
import type { Outcome } from '../../src/outcome.ts';
import { buildGallery, type GalleryHead, SCRIPT, STYLE } from '../../src/report/gallery/gallery.ts';
import { makeAsset } from './asset.ts';
import { makeOutcome } from './outcome.ts';

export const repositoryUrl = 'https://github.example/octo/assets';
export const pictures = { repositoryUrl, sha: 'a'.repeat(40), shaBefore: 'b'.repeat(40) };
/** The head of a run that succeeded, of no commit at GitHub. */
export const head: GalleryHead = {
  isSuccess: true,
  remarks: [],
  facts: [],
  pictures: undefined,
  reportPath: 'out/gallery.html',
  embedded: { now: new Map(), before: new Map() },
};
/** The same with a commit at GitHub, and one before. */
export const onGitHub: GalleryHead = { ...head, pictures };
/** Room for all. */
export const plenty = 25_000_000;

/** A picture of the header's shape; overrides come on top. */
export function makePicture(overrides: Partial<Asset> = {}): Asset {
  const facts = { size: 1000, width: 1200, height: 628 };
  return makeAsset('a.png', 'a', { type: 'image/png', size: 1000, facts, ...overrides });
}

/** That picture, uploaded. */
export function showPicture(overrides: Partial<Asset>, more: Partial<Outcome> = {}): Outcome {
  return makeOutcome('a.png', 'uploaded', { asset: makePicture(overrides), ...more });
}

/** The page without the text of its own style and script. */
export function buildPage(
  outcomes: readonly Outcome[],
  { content, contentBefore }: { readonly content?: string; readonly contentBefore?: string } = {},
  maxBytes = plenty,
  itsHead = head,
): string {
  const list = (text: string | undefined): ReadonlyMap<string, string> =>
    new Map(text === undefined ? [] : outcomes.map(({ path }) => [path, text]));
  const embedded = { now: list(content), before: list(contentBefore) };
  return buildGallery(outcomes, { ...itsHead, embedded }, maxBytes)
    .replace(STYLE, '')
    .replace(SCRIPT, '');
}

/** A finding of a rule. */
export function makeFinding(rule: string, level: Finding['level'] = 'error', message = rule): Finding {
  return { rule, level, message };
}

/** What makes a document of a picture. */
export function pdf(): Partial<Asset> {
  return { type: 'application/pdf', facts: { size: 1000 } };
}

/** The judgement of a file whose content is of another type: a finding and no facts. */
export function notReal(): Partial<Asset> {
  return { facts: undefined, findings: [makeFinding('type')] } as object;
}
