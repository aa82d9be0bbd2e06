// Secrets that are easy to find again, and the search for them in all that a run leaves behind.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ActionResult } from '../../runner/run-action.ts';
import type { Account } from '../../simulator/checks.ts';

/** The account of the tests. Its secret has characters that JSON, HTML and addresses write differently. */
export const testAccount: Account = {
  accessKey: 'cnK7Qw2Zr9Xb4Tn6Yp1V',
  accessSecret: `Sx+8/uJ=3"m&Ld<5'Hf%0Gc`,
  phones: ['4917093846152'],
};

const SHORTEST_HALF = 8;

/** A secret as it could stand in a text: whole, each half, and in the usual encodings. */
function listForms(secret: string): readonly string[] {
  const middle = Math.ceil(secret.length / 2);
  const halves = [secret.slice(0, middle), secret.slice(middle)];
  const parts = [secret, ...halves.filter((half) => half.length >= SHORTEST_HALF)];
  return [...new Set(parts.flatMap((part) => [...encodePlainly(part), ...encodeInBase64(part)]))];
}

function encodePlainly(text: string): readonly string[] {
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return [
    text,
    encodeURIComponent(text),
    new URLSearchParams({ text }).toString().slice('text='.length),
    JSON.stringify(text).slice(1, -1),
    html,
    html.replaceAll("'", '&#39;'),
    Buffer.from(text).toString('hex'),
  ];
}

/** Within a longer text the bytes begin at any of three places of a base64 group; only whole groups stay the same. */
function encodeInBase64(text: string): readonly string[] {
  return [0, 1, 2].flatMap((skipped) => {
    const bytes = Buffer.from(text).subarray(skipped);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    return [whole.toString('base64'), whole.toString('base64url')];
  });
}

/** What of these texts, in any form for `secrets` and as they are for `signatures`, stands in which place. */
export function findLeaks(
  secrets: readonly string[],
  signatures: readonly string[],
  places: Readonly<Record<string, string>>,
): readonly string[] {
  const forms = secrets.flatMap(listForms).filter((form) => form !== '');
  return Object.entries(places).flatMap(([place, text]) => {
    const found = [...forms.filter((form) => text.includes(form)), ...findSignatures(signatures, text)];
    return found.map((form) => `${place} shows ${form}`);
  });
}

/** Looks at runs of hexadecimal digits only: a large run of the action has as many signatures as files. */
function findSignatures(signatures: readonly string[], text: string): readonly string[] {
  const known = new Set(signatures);
  const lengths = [...new Set(signatures.map((signature) => signature.length))].filter(
    (length) => length > 0,
  );
  if (lengths.length === 0) return [];
  const runs = new Set(text.match(new RegExp(`[0-9a-f]{${Math.min(...lengths)},}`, 'g')) ?? []);
  return [...runs].flatMap((run) =>
    lengths.flatMap((length) =>
      Array.from({ length: Math.max(0, run.length - length + 1) }, (_, at) =>
        run.slice(at, at + length),
      ).filter((part) => known.has(part)),
    ),
  );
}

/** All that a run printed and wrote, but for the commands that hide secrets. */
export function listTraces(result: ActionResult, root: string): Readonly<Record<string, string>> {
  const printed = `${result.stdout}\n${result.stderr}`.split('\n');
  const files = [...listFiles(Buffer.from(root))];
  return {
    log: printed.filter((line) => !line.startsWith('::add-mask::')).join('\n'),
    summary: result.summary,
    outputs: JSON.stringify(result.outputs),
    state: JSON.stringify([result.state, result.exportedEnv]),
    ...Object.fromEntries(files.map((file) => [`${file}`, `${file}\n${readFileSync(file, 'latin1')}`])),
  };
}

/** No run writes a larger file; tests make some, to be read by it. */
const LARGEST_TRACE = 256 * 1024 * 1024;

/** As bytes, because names need not be UTF-8. */
function* listFiles(folder: Buffer): Generator<Buffer> {
  for (const entry of readdirSync(folder, { encoding: 'buffer', withFileTypes: true })) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) yield* listFiles(path);
    else if (entry.isFile() && statSync(path).size <= LARGEST_TRACE) yield path;
  }
}
