// Judges the content of one asset by the media rules, whatever bytes it holds.
import { CONVERSION_READS, describeConversion } from './conversion.ts';
import type { FactPart, MediaFacts, MediaFinding, MediaType } from './facts.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { judgeMedia, type MediaKind } from './rules.ts';
import { type ByteSource, FaultError, limitReads } from './source.ts';

/** Bytes the media rules read of one file at most: 2 MB, less more than telling its type takes. */
const INSPECT_LIMIT = 2_097_152 - 65_536;

type Reader = (source: ByteSource) => Iterable<FactPart> | Promise<Iterable<FactPart>>;

// Pictures are the rule: what reads the other types is loaded for the first of them.
const readers: Readonly<Record<MediaType, { kind: MediaKind; read: Reader }>> = {
  'image/jpeg': { kind: 'image', read: readJpeg },
  'image/png': { kind: 'image', read: readPng },
  'video/mp4': { kind: 'video', read: async (source) => (await import('./mp4.ts')).readMp4(source) },
  'application/pdf': { kind: 'pdf', read: async (source) => (await import('./pdf.ts')).readPdf(source) },
};

/** What is known of a file whose content is of `type`, and the rules it does not meet; what cannot be judged is a finding. */
export async function inspectMedia(
  type: MediaType,
  source: ByteSource,
): Promise<{ facts: MediaFacts; findings: MediaFinding[] }> {
  const { kind, read } = readers[type];
  const found = await collect(() => read(limitReads(source, INSPECT_LIMIT - CONVERSION_READS)));
  const explained = await collect(() => [explainByConversion(type, source, found)]);
  const known = Object.entries({ ...found, ...explained }).filter(([, value]) => value !== undefined);
  const facts: MediaFacts = { size: source.size, ...Object.fromEntries(known) };
  return { facts, findings: judgeMedia(kind, facts) };
}

/** What these parts say together; what ends them is a fact as well. */
async function collect(begin: () => ReturnType<Reader>): Promise<FactPart> {
  const facts: FactPart = {};
  try {
    for (const part of await begin()) Object.assign(facts, part);
  } catch (error) {
    if (error instanceof FaultError) facts[error.fact] = error.message;
    else facts.unchecked = 'its structure is unusual or damaged';
  }
  return facts;
}

/** A conversion of text moves and spoils what follows: whatever else seems wrong then comes from it. */
function explainByConversion(type: MediaType, source: ByteSource, found: FactPart): FactPart {
  // Its signature is made to show any; see `sniffMedia`.
  if (type === 'image/png') return {};
  const isSound = (found.damage ?? found.cutOff ?? found.unchecked) === undefined;
  // A sound PDF may have been written with such line ends.
  const converted = describeConversion(source, !(isSound && type === 'application/pdf'));
  if (converted === undefined) return {};
  return { converted, damage: undefined, cutOff: undefined, unchecked: undefined };
}
