// A command line as the host of a run: flags, variables for what no flag says, what inputs are called there, and the patterns
// where none are given.
import { extname, resolve } from 'node:path';
import { DESCRIBED_INPUTS, findDefault, nameVariable } from '../inputs/described.ts';
import type { Host } from '../inputs/host.ts';
import { readRegularFile } from '../files/open-file.ts';
import { MAX_MANIFEST_BYTES, parseManifest } from '../manifest/manifest.ts';
import { nameSome } from '../text/text.ts';

/** Inputs that come from the environment only: others see flags, and shells remember them. */
export const ENVIRONMENT_INPUTS: ReadonlySet<string> = new Set(['access-key', 'access-secret']);

/** Inputs that mean nothing outside of a GitHub workflow; the command itself is the mode. */
export const STEP_INPUTS: ReadonlySet<string> = new Set([
  'mode',
  'token',
  'target-branch',
  'commit-message',
  'pull-request-branch',
  'comment',
  'summary',
]);

/** The inputs that are flags, in the order of action.yml. */
export const INPUT_FLAGS: readonly string[] = Object.keys(DESCRIBED_INPUTS).filter(
  (name) => !ENVIRONMENT_INPUTS.has(name) && !STEP_INPUTS.has(name),
);

/** An input at the head of a sentence about its value, or between back-ticks, perhaps with a value. */
const NAMED_INPUT = /(?<=^(?:Wrong input\.)? *)([a-z]+(?:-[a-z]+)*)(?=: )|`([a-z-]+)(?:: ([^`\s]+))?`/gm;

/** A message with flags for the names of inputs, or variables of `env` where the value comes from one and no flag. */
export function nameFlags(
  message: string,
  env: NodeJS.ProcessEnv = {},
  flags: ReadonlyMap<string, string> = new Map(),
): string {
  return message.replace(NAMED_INPUT, (found, head?: string, quoted?: string, value?: string) => {
    const input = head ?? quoted ?? '';
    if (ENVIRONMENT_INPUTS.has(input)) return nameVariable(input);
    if (!INPUT_FLAGS.includes(input)) return found;
    const variable = nameVariable(input);
    if (env[variable] && !flags.has(input)) return value === undefined ? variable : `${variable}=${value}`;
    if (value === 'false') return `--no-${input}`;
    return value === undefined || value === 'true' ? `--${input}` : `--${input} ${value}`;
  });
}

/** The host of a command; `values` holds what flags say of inputs. */
export function openCommandHost(
  env: NodeJS.ProcessEnv,
  mode: 'check' | 'output',
  values: ReadonlyMap<string, string>,
): Host {
  return {
    env,
    workspace: process.cwd(),
    isWorkflow: Boolean(env.GITHUB_ACTIONS || env.GITHUB_EVENT_NAME),
    shortSecretRisk: undefined,
    keepAdvice: undefined,
    getInput(name) {
      if (name === 'mode') return mode;
      // Nobody reads a job summary here.
      if (name === 'summary') return 'false';
      if (STEP_INPUTS.has(name)) return '';
      return (values.get(name) ?? env[nameVariable(name)] ?? '').trim();
    },
    forgetInput(name) {
      if (ENVIRONMENT_INPUTS.has(name)) delete env[nameVariable(name)];
    },
    adviseMissing: (name) =>
      ENVIRONMENT_INPUTS.has(name) ? 'set that variable' : `give it, or set ${nameVariable(name)}`,
  };
}

/** The topmost folders of the manifest's entries, else `whatsapp/**`, and which it is; undefined when `files` are given. */
export function chooseFiles(host: Host): { readonly files: string; readonly notice: string } | undefined {
  if (host.getInput('files') !== '') return undefined;
  const manifest = host.getInput('manifest-path') || findDefault('manifest-path');
  const folders = listFolders(resolve(host.workspace, host.getInput('working-directory'), manifest));
  const chosen = folders.length === 0 ? ['whatsapp/**'] : folders;
  const source = folders.length === 0 ? '' : `, the folders of ${manifest}`;
  const notice = `No \`files\` are given; these are taken: ${nameSome(chosen)}${source}.`;
  return { files: chosen.join('\n'), notice };
}

/** Empty where there is no manifest, or none that can be read, which is the run's to tell. */
function listFolders(file: string): readonly string[] {
  try {
    const paths = [...parseManifest(readRegularFile(file, MAX_MANIFEST_BYTES), file).keys()];
    return [...new Set(paths.map(makePattern))].sort();
  } catch {
    return [];
  }
}

/** A new folder is often made beside the one of an entry; what lies at the root has neighbours of its type alone. */
function makePattern(path: string): string {
  const [folder = '', ...below] = path.split('/');
  if (below.length === 0) return `*${extname(path)}`;
  // What would be a sign in a pattern, or bring a hint at one, stands for any character.
  const plain = folder.replace(/[*?[\]\\{,;#"'`“‘”’\s]/g, '?').replace(/^!/, './!');
  return `${plain}/**`;
}
