// What is known of one asset's content; the vocabulary shared by readers and rules.

/** One rule that a file does not meet. */
export interface MediaFinding {
  rule: string;
  level: 'error' | 'warning';
  message: string;
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
  /** Frames are stored in another order than they are shown. */
  bFrames?: boolean;
  videoStreams?: number;
  /** Names of the codecs of all audio tracks, joined by " + "; absent without sound. */
  audioCodec?: string;
  audioStreams?: number;
  durationSeconds?: number;
  /** The index (`moov`) lies behind the media data (`mdat`). */
  moovLast?: boolean;
  pages?: number;
  encrypted?: boolean;
  /** What shows that the end of the file is missing. */
  cutOff?: string;
  /** Why the file could not be judged, or not wholly. */
  unchecked?: string;
}
