// The help text, made from what action.yml says of the inputs.
import { DESCRIBED_INPUTS } from '../inputs/described.ts';
import { ENVIRONMENT_INPUTS, isSwitch, listFlags, nameVariable } from './arguments.ts';

const WIDTH = 100;
const INDENT = '      ';

const ABOUT = `NXCloud Template Assets: uploads changed WhatsApp template media to NXCloud and keeps a manifest of file IDs.

Usage:
  nxcloud-template-assets check --files <patterns> [flags]    judges the assets; sends nothing, writes no manifest
  nxcloud-template-assets upload --files <patterns> [flags]   uploads what is not current, writes the manifest
  nxcloud-template-assets doctor [--yes] [flags]              tells what only a live account can tell
  nxcloud-template-assets --help | --version

The current directory plays the repository.

Secrets, from the environment only:
${[...ENVIRONMENT_INPUTS].map((name) => `  ${nameVariable(name)}`).join('\n')}

Flags. Each can also come from a variable, --manifest-path from ${nameVariable('manifest-path')}; the flag wins.
Without a value: yes; --no-prune or --prune=false: no. Defaults stand in brackets.
`;

const OWN_FLAGS = `  --json
${INDENT}Print one JSON document instead of text.
  --yes
${INDENT}Of doctor: do not ask before sending.
`;

const ENDING = `
Flags of doctor: ${[...listFlags('doctor').map((name) => `--${name}`), '--json', '--yes'].join(', ')}.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line, an input or the environment is wrong; nothing was done
`;

/** The text of `--help`. */
export function buildHelp(): string {
  const flags = listFlags('check').map((name) => {
    const { description = '', default: value = '' } = DESCRIBED_INPUTS[name] ?? {};
    const text = value === '' ? description : `${description.trim()} [${value}]`;
    return `  --${name}${isSwitch(name) ? '' : ' <value>'}\n${wrap(text)}\n`;
  });
  return `${ABOUT}${flags.join('')}${OWN_FLAGS}${ENDING}`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.replaceAll('`', '').trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && INDENT.length + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => INDENT + line).join('\n');
}
