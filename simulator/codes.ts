// NXCloud's answer codes and the envelope they travel in.

/** The vendor's codes the simulator gives of its own accord. */
export const codes = {
  success: 0,
  missingParameter: 1001,
  malformedParameter: 1002,
  invalidSignature: 1003,
  timestampExpired: 1004,
  unknownAccessKey: 1005,
  parameterException: 9000,
  notAPhoneNumber: 9002,
  numberNotBound: 9006,
  metaError: 9099,
} as const;

/**
 * Why a request is refused: the vendor's code and words, with an HTTP status when HTTP itself was misused, and with what
 * stands in `data.error` when it is Meta that refuses.
 */
export type Refusal = {
  readonly code: number;
  readonly message: string;
  readonly status?: number;
  readonly error?: { readonly code: number; readonly message: string };
};

/** The JSON object every reply of NXCloud consists of. */
export type Envelope = {
  readonly code: number | string;
  readonly data: unknown;
  readonly message: string;
  readonly traceId?: string;
};

/** A whole reply: HTTP status, extra headers, text of the body. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Wraps an envelope into a reply; the status of failures is not documented by the vendor, so the caller says it. */
export function answerWith(
  envelope: Envelope,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(envelope),
  };
}
