// Git LFS pointers: small text files that stand for content kept elsewhere.

/** What a pointer states of its content. */
export interface LfsPointer {
  readonly sha256: string;
  readonly size: number;
}

// The form is fixed by the Git LFS specification: under 1024 bytes, `version` first, keys in order. It ends lines by LF
// alone, but git's and editors' habits may have changed that.
const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\r?\n(?:ext-\S+ \S+\r?\n)*oid sha256:([0-9a-f]{64})\r?\nsize (\d{1,15})(?:\r?\n)?$/;

/** The pointer that a file holds, by its beginning; undefined when it is none. `size` is the file's size in bytes. */
export function parseLfsPointer(head: Buffer, size: number): LfsPointer | undefined {
  if (size >= 1024 || head.length < size) return undefined;
  const match = POINTER.exec(head.toString('latin1'));
  return match?.[1] === undefined ? undefined : { sha256: match[1], size: Number(match[2]) };
}
