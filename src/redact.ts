// Keeps secrets out of text that others wrote: a server may repeat what it was sent.

/** Replaces secrets by `***`, and the phone number by its last four digits. */
export type Redactor = (text: string) => string;

/** A redactor for these secrets (empty ones are ignored) and this number (digits, may be empty). */
export function makeRedactor(secrets: readonly string[], phone: string): Redactor {
  const hidden = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return (text) => {
    const redacted = hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
    return phone === '' ? redacted : redacted.replaceAll(phone, `…${phone.slice(-4)}`);
  };
}
