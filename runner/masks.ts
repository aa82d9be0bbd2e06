// Secrets in the log, hidden as GitHub's runner hides them: as they are and in the forms it derives from them.

/** Hides secrets that were registered before the text was printed. */
export type Masker = {
  /** The registered values, in order. */
  readonly values: readonly string[];
  /** Registers a value, and each of its lines. */
  add(value: string): void;
  mask(text: string): string;
};

/** A masker that knows these secrets from the start. */
export function createMasker(secrets: readonly string[] = []): Masker {
  const values: string[] = [];
  const forms = new Set<string>();
  const masker: Masker = {
    values,
    add(value) {
      values.push(value);
      for (const part of [value, ...value.split(/[\r\n]+/)]) {
        for (const form of deriveForms(part)) if (form !== '') forms.add(form);
      }
    },
    mask(text) {
      const found = [...forms].filter((form) => text.includes(form)).sort((a, b) => b.length - a.length);
      return found.reduce((result, form) => result.replaceAll(form, '***'), text);
    },
  };
  for (const secret of secrets) masker.add(secret);
  return masker;
}

// The value encoders of the runner that matter outside of PowerShell (Runner.Common/HostContext.cs). Within a longer
// text, a secret's bytes begin at any of three places of a base64 group.
function deriveForms(value: string): string[] {
  if (value.trim() === '') return [];
  const bytes = Buffer.from(value);
  return [
    value,
    bytes.toString('base64'),
    bytes.subarray(1).toString('base64'),
    bytes.subarray(2).toString('base64'),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    value.replace(/^"(.+)"$/, '$1'),
  ];
}
