// What is known of one asset's content; the vocabulary shared by readers and rules.

/** The types of content that have media rules. */
export const MEDIA_TYPES = ['image/jpeg', 'image/png', 'video/mp4', 'application/pdf'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Bytes; the vendor does not say which MB it means. */
export const MB = 1_048_576;

/** One rule that a file does not meet. */
export interface MediaFinding {
  rule: string;
  level: 'error' | 'warning';
  /** The whole text: the problem and, where there is one, the remedy. */
  message: string;
  /** What is wrong, with the limit and the actual value. */
  problem?: string;
  /** How to mend it, in a phrase. */
  remedy?: string;
}

export type Colour = 'RGB' | 'RGBA' | 'greyscale' | 'greyscale with alpha' | 'palette' | 'CMYK';

/** Plain JSON data. What a file does not tell, or what could not be read, is left out. */
export interface MediaFacts {
  /** Bytes. */
  size: number;
  /** Pixels as shown, that is after the rotation the file asks for. */
  width?: number;
  height?: number;
  bitsPerChannel?: number;
  colour?: Colour;
  /** Names of the codecs of all video tracks that are switched on, joined by " + "; absent without video. */
  videoCodec?: string;
  /** H.264 profile, for example "High". */
  videoProfile?: string;
  /** Bits of a sample and the share of the colour, for example "4:2:0"; known of H.264 in High profiles. */
  videoBits?: number;
  chroma?: string;
  /** Frames are stored in another order than they are shown. */
  bFrames?: boolean;
  videoStreams?: number;
  /** Names of the codecs of all audio tracks, joined by " + "; absent without sound. */
  audioCodec?: string;
  audioStreams?: number;
  durationSeconds?: number;
  /** The index (`moov`) lies behind the media data (`mdat`). */
  moovLast?: boolean;
  /** What opening an encrypted document takes: a password, nothing (only its use is restricted), or who knows. */
  encryption?: 'password' | 'restricted' | 'unknown';
  /** A document without any page. */
  isEmpty?: boolean;
  /** What shows that the end of the file is missing. */
  cutOff?: string;
  /** What shows that the file is damaged otherwise; viewers may mend it. */
  damage?: string;
  /** What shows that a program took the file for text and changed its bytes. */
  converted?: string;
  /** Why the file could not be judged, or not wholly. */
  unchecked?: string;
}

/** Facts as they are learnt: a later part overrules an earlier one, and with `undefined` it takes a fact back. */
export type FactPart = { [Fact in keyof MediaFacts]?: MediaFacts[Fact] | undefined };
