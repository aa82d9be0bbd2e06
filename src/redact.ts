// Keeps secrets out of text that others wrote: a server may repeat what it was sent.

/** Replaces secrets by `***`, and the phone number by its last four digits. */
export type Redactor = (text: string) => string;

/**
 * A redactor for these secrets, whole and line by line, also as JSON and addresses write them, and for this number with
 * whatever separators. Empty ones are ignored.
 */
export function makeRedactor(secrets: readonly string[], phone: string): Redactor {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]);
  const forms = lines.flatMap((line) => [
    line,
    JSON.stringify(line).slice(1, -1),
    encodeURIComponent(line.toWellFormed()),
  ]);
  // The longest first: a form may be a part of another one.
  const hidden = [...new Set(forms)].filter((form) => form.trim() !== '').sort((a, b) => b.length - a.length);
  const digits = phone.replace(/\D/g, '');
  const number = digits === '' ? undefined : new RegExp([...digits].join('[\\s()-]*'), 'g');
  return (text) => {
    const redacted = hidden.reduce((rest, form) => rest.replaceAll(form, '***'), text);
    return number === undefined ? redacted : redacted.replace(number, `…${digits.slice(-4)}`);
  };
}
