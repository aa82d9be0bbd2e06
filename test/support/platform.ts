// What a test needs of the machine: where it is missing the test is skipped, with the reason.
import { execFileSync } from 'node:child_process';

/**
 * Why tests cannot run that need Linux: `/proc`, `prlimit`, 127.0.0.2 and more, file names of any bytes and letter case.
 * There they are never skipped.
 */
export const withoutLinux: string | false = process.platform === 'linux' ? false : 'needs Linux';

const superuser = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];

/** Runs a command as the superuser; throws where that is not allowed. */
export function runAsSuperuser(...command: string[]): void {
  const [program = '', ...args] = [...superuser, ...command];
  execFileSync(program, args, { stdio: 'ignore' });
}
