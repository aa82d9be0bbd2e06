// What action.yml says about an action.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The part of the metadata that a run needs. */
export type ActionMetadata = {
  readonly inputs: ReadonlyMap<string, { readonly default: string }>;
  readonly outputs: readonly string[];
  /** Script, relative to the action's directory. */
  readonly main: string;
  /** For example `node24`. */
  readonly using: string;
};

/** Reads `action.yml` of a directory; throws on metadata that GitHub would refuse. */
export async function readActionMetadata(directory: string): Promise<ActionMetadata> {
  const file = join(directory, 'action.yml');
  const document: unknown = parse(await readFile(file, 'utf8'));
  const { inputs, outputs, runs } = expectRecord(document, file);
  const { main, using } = expectRecord(runs, `${file}: runs`);
  if (typeof main !== 'string' || typeof using !== 'string')
    throw new Error(`${file}: runs needs main and using`);
  return {
    inputs: new Map(
      Object.entries(expectRecord(inputs ?? {}, `${file}: inputs`)).map(([name, input]) => {
        const value = expectRecord(input, `${file}: input ${name}`).default ?? '';
        return [name, { default: String(value) }];
      }),
    ),
    outputs: Object.keys(expectRecord(outputs ?? {}, `${file}: outputs`)),
    main,
    using,
  };
}

function expectRecord(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`${place} is not a mapping`);
  return value as Record<string, unknown>;
}
