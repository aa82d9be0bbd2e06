#!/usr/bin/env node
// The entry of the command.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { type CommandLine, parseCommandLine, WrongUsage } from './command/arguments.ts';
import { describeFailure, StepError } from './text/errors.ts';
import { requireNode } from './text/node-version.ts';

/** @returns the exit code */
async function runCommand(line: CommandLine): Promise<number> {
  if (line.command === 'help') {
    const { buildHelp } = await import('./command/help.ts');
    process.stdout.write(buildHelp());
    return 0;
  }
  if (line.command === 'version') {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const { openCommandHost } = await import('./command/command-host.ts');
  const host = openCommandHost(process.env, line.command === 'check' ? 'check' : 'output', line.values);
  if (line.command === 'doctor') {
    const { runDoctor } = await import('./command/doctor.ts');
    return await runDoctor({
      host,
      json: line.json,
      confirm: async (question) => line.yes || (await ask(question)),
      print: (text) => process.stdout.write(text),
    });
  }
  const [{ TerminalReporter }, { runStep }, { listenForCancellation }] = await Promise.all([
    import('./command/terminal-reporter.ts'),
    import('./pipeline/run.ts'),
    import('./pipeline/cancellation.ts'),
  ]);
  const reporter = new TerminalReporter(process.stdout, process.stderr, line.json);
  await runStep(host, reporter, listenForCancellation());
  reporter.end();
  return reporter.exitCode;
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new WrongUsage('doctor asks before it sends anything; run it in a terminal, or add --yes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

async function main(): Promise<number> {
  try {
    requireNode(process.versions.node);
    return await runCommand(parseCommandLine(process.argv.slice(2)));
  } catch (error) {
    // A run never throws; what else is wrong, such as a proxy's address, is the environment.
    if (!(error instanceof StepError)) throw error;
    process.stderr.write(`nxcloud-template-assets: ${describeFailure(error)}\n`);
    return error.code === 'node-too-old' ? 1 : 2;
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});
