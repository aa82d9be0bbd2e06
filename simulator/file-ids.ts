// File IDs in the shape NXCloud hands out.
import { createHash } from 'node:crypto';

/** What an ID is made of. */
export type FileIdFacts = {
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  /** Distinguishes IDs: same value, same ID. */
  readonly unique: string;
};

/** How the service forms its IDs. */
export type FileIdStyle = {
  /** Unix seconds stated as expiry, or undefined for IDs that state none. */
  readonly expiresAt: number | undefined;
  /** A file gets one line for every started block of this many bytes. */
  readonly bytesPerLine: number;
};

/**
 * Makes an ID, `4:<base64 file name>:<base64 MIME type>:<opaque>` with `:e:<unix seconds>:<…>` when it expires.
 * Every further line expires one second before the line above it, as the earliest line counts.
 */
export function createFileId(facts: FileIdFacts, style: FileIdStyle): string {
  const lineCount = Math.max(1, Math.ceil(facts.size / style.bytesPerLine));
  const name = Buffer.from(facts.fileName, 'latin1').toString('base64');
  const type = Buffer.from(facts.contentType, 'latin1').toString('base64');
  const lines = [];
  for (let line = 0; line < lineCount; line += 1) {
    const parts = ['4', name, type, createOpaqueText(`${facts.unique}/${line}`)];
    if (style.expiresAt !== undefined) {
      const accountDigits = createHash('sha256').update(facts.unique).digest().readUInt32BE(0);
      parts.push(
        'e',
        String(style.expiresAt - line),
        String(accountDigits),
        createOpaqueText(`tail ${line}`),
      );
    }
    lines.push(parts.join(':'));
  }
  return lines.join('\n');
}

function createOpaqueText(source: string): string {
  return `AR${createHash('sha384').update(source).digest('base64url')}`;
}
