// Which versions of Node this runs on.
import { StepError } from './errors.ts';

/** What the HTTP client asks for; package.json says the same in `engines`. */
const LEAST_NODE = [22, 19] as const;

/** Throws a `StepError`, with what to do about it, when a version like `24.1.0` is too old. */
export function requireNode(version: string, remedy: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StepError(
    'node-too-old',
    `This needs Node ${leastMajor}.${leastMinor} or newer and runs on Node ${version}; ${remedy}.`,
  );
}
