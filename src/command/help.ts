// What the help says of commands and flags, besides what action.yml says of inputs.
import { findDefault } from '../inputs/inputs.ts';
import { INPUT_FLAGS } from './command-host.ts';

/** Flags that are no inputs. */
export const OWN_FLAGS: Readonly<Record<string, string>> = {
  '--json': 'Print one JSON document instead of text.',
  '--yes': 'Do not ask before sending.',
  '--manifest <path>': `The manifest with the IDs. (default: ${findDefault('manifest-path')})`,
  '--out <path>': 'Write the result to this file instead of printing it.',
};

const RUN_FLAGS = [...INPUT_FLAGS, 'json'];
/** Flags that are about sending. */
const SEND_FLAGS = new Set(['concurrency', 'retries', 'timeout', 'signature-algorithm']);

/** The commands: what each does, its flags and examples. */
export const COMMANDS: Readonly<
  Record<string, readonly [about: string, flags: readonly string[], ...examples: string[]]>
> = {
  check: [
    'Judge the assets, and name what would be uploaded and removed.',
    RUN_FLAGS.filter((name) => !SEND_FLAGS.has(name)),
    'check',
    "check --files 'media/**' --report-path g.html",
  ],
  upload: [
    'Upload what is not current, and write the manifest.',
    RUN_FLAGS,
    'upload',
    'upload --no-prune --max-age 3d',
  ],
  doctor: [
    'Tell what only a live account can tell; asks before it sends anything.',
    ['business-phone', 'timeout', 'api-url', 'json', 'yes'],
    'doctor',
    'doctor --yes --json',
  ],
  'fill <template>': [
    'Put file IDs into a template, in the place of paths of assets.',
    ['manifest', 'out'],
    'fill whatsapp/promo/template.json',
    'fill promo.json --out filled.json',
  ],
};

/** What stands below the commands. */
export const NOTES = `Each flag of an input can also come from a variable, --manifest-path from NXCLOUD_MANIFEST_PATH; the flag wins. Secrets come from variables only: NXCLOUD_ACCESS_KEY, NXCLOUD_ACCESS_SECRET.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line, an input or the environment is wrong; nothing was done`;
