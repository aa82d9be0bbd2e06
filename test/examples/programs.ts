// Stand-ins for programs that scripts of the examples call and whose effects lie elsewhere, or whose work takes long.
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { REPOSITORY } from '../support/checkout.ts';
import { isFull } from '../support/extent.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from './workflow.ts';

/** Where calls are noted, in the folder of the programs. */
export const CALLS_FILE = 'calls';

/** Notes what it is asked, and answers nothing. */
const NOTE = `echo "\${0##*/} $*" >> "\${0%/*}/${CALLS_FILE}"\n`;
const SUDO = `#!/bin/sh\n${NOTE}`;
/** GitHub's command line, which asks nothing without a token, or without knowing of which repository. */
const GH = `#!/bin/sh\n[ -n "$GH_TOKEN" ] && [ "$GH_REPO" = '${REPOSITORY.full_name}' ] || exit 4\n${NOTE}`;

/** Puts a sound picture in the place of each, as ImageMagick would. */
const MOGRIFY = `#!/bin/sh
for word; do
  case "$before $word" in
    *.webp) cp "\${0%/*}/picture.png" "\${word%.webp}.\${format:-webp}" ;;
    *.png) cp "\${0%/*}/picture.png" "$word" ;;
    '-format '*) format=$word ;;
  esac
  before=$word
done
`;

/** Makes a folder of programs to put in front of the machine's own. A full run takes its ImageMagick. */
export function makePrograms(t: TestContext): string {
  const programs = { gh: GH, sudo: SUDO, ...(isFull ? {} : { mogrify: MOGRIFY }) };
  const folder = makeFolder(t, programs);
  for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755);
  copyFileSync(
    join(repositoryRoot, 'examples/assets/whatsapp/promo/voucher.png'),
    join(folder, 'picture.png'),
  );
  return folder;
}
