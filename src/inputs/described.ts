// What action.yml says of the inputs: the one source of their names, defaults and descriptions.
import inputs from './described.json' with { type: 'json' };

/** Every input by name, in the order of action.yml. `npm run docs` writes the file. */
export const DESCRIBED_INPUTS: Readonly<
  Record<string, { readonly description: string; readonly default?: string }>
> = inputs;

/** What an input that is left empty stands for; expressions are for GitHub to evaluate. */
export function findDefault(name: string): string {
  const text = DESCRIBED_INPUTS[name]?.default ?? '';
  return text.startsWith('${{') ? '' : text;
}

/** The name of a variable or a secret that gives an input: `NXCLOUD_ACCESS_KEY`. */
export function nameVariable(input: string): string {
  return `NXCLOUD_${input.toUpperCase().replaceAll('-', '_')}`;
}
