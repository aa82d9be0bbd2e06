// Which upload is struck by which fault.
import type { Fault } from './faults.ts';

/** What a fault rule is asked about: an upload whose body has been read up to the head of its file. */
export type UploadInView = {
  /** Ordinal of the request, from 0. */
  readonly index: number;
  /** Ordinal of the file by first appearance of its name, from 0. */
  readonly fileIndex: number;
  /** 1 for the first request with this file name. */
  readonly attemptOfThisFile: number;
  /** Empty when the body holds no file. */
  readonly fileName: string;
  /** Requests received so far, this one included. */
  readonly total: number;
  /** Uploads accepted so far. */
  readonly acceptedSoFar: number;
  /** Requests in flight, this one included. */
  readonly inFlight: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** Lets a fault happen to the uploads it fits, at most `times` times; the first rule that fits is taken. */
export type FaultRule = {
  readonly when: 'always' | ((upload: UploadInView) => boolean);
  readonly times?: number;
  readonly fault: Fault;
};

/** A rule and how often it may still be taken. */
export type ArmedRule = { readonly rule: FaultRule; left: number };

/** Gives every rule its count. */
export function armRules(rules: readonly FaultRule[]): ArmedRule[] {
  return rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
}

/** The fault that strikes an upload, counted down, or undefined. */
export function takeFault(rules: readonly ArmedRule[], upload: UploadInView): Fault | undefined {
  const armed = rules.find(({ rule, left }) => left > 0 && (rule.when === 'always' || rule.when(upload)));
  if (armed !== undefined) armed.left -= 1;
  return armed?.rule.fault;
}
