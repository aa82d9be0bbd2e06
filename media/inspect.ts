// Judges the content of one asset by the media rules, whatever bytes it holds.
import { CONVERSION_READS, describeConversion } from './conversion.ts';
import type { MediaFacts, MediaFinding, MediaType } from './facts.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { judgeMedia, type MediaKind } from './rules.ts';
import { type ByteSource, CutOffError, DamagedError, limitReads, UnreadableError } from './source.ts';

/** Bytes the media rules read of one file at most: 2 MB, less more than telling its type takes. */
const INSPECT_LIMIT = 2_097_152 - 65_536;

type Reader = (source: ByteSource, facts: MediaFacts) => void | Promise<void>;

// Pictures are the rule: what reads the other types is loaded for the first of them.
const readMp4: Reader = async (...args) => (await import('./mp4.ts')).readMp4(...args);
const readPdf: Reader = async (...args) => (await import('./pdf.ts')).readPdf(...args);

const readers: Readonly<Record<MediaType, { kind: MediaKind; read: Reader }>> = {
  'image/jpeg': { kind: 'image', read: readJpeg },
  'image/png': { kind: 'image', read: readPng },
  'video/mp4': { kind: 'video', read: readMp4 },
  'application/pdf': { kind: 'pdf', read: readPdf },
};

/** What is known of a file whose content is of `type`, and the rules it does not meet; what cannot be judged is a finding. */
export async function inspectMedia(
  type: MediaType,
  source: ByteSource,
): Promise<{ facts: MediaFacts; findings: MediaFinding[] }> {
  const { kind, read } = readers[type];
  const facts: MediaFacts = { size: source.size };
  await note(facts, () => read(limitReads(source, INSPECT_LIMIT - CONVERSION_READS), facts));
  await note(facts, () => explainByConversion(type, source, facts));
  return { facts, findings: judgeMedia(kind, facts) };
}

/** Takes a step, and notes in the facts what ends it. */
async function note(facts: MediaFacts, step: () => void | Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof CutOffError) facts.cutOff = error.message;
    else if (error instanceof DamagedError) facts.damage ??= error.message;
    else if (error instanceof UnreadableError) facts.unchecked = error.message;
    else facts.unchecked = 'its structure is unusual or damaged';
  }
}

/** A conversion of text moves and spoils what follows: whatever else seems wrong then comes from it. */
function explainByConversion(type: MediaType, source: ByteSource, facts: MediaFacts): void {
  // Its signature is made to show any; see `sniffMedia`.
  if (type === 'image/png') return;
  const isSound = (facts.damage ?? facts.cutOff ?? facts.unchecked) === undefined;
  // A sound PDF may have been written with such line ends.
  const converted = describeConversion(source, !(isSound && type === 'application/pdf'));
  if (converted === undefined) return;
  facts.converted = converted;
  for (const effect of ['damage', 'cutOff', 'unchecked'] as const) delete facts[effect];
}
