#!/usr/bin/env node
// The entry of the command.
import { readFileSync } from 'node:fs';
import { type CommandLine, parseCommandLine, WrongUsage } from './command/arguments.ts';
import { chooseFiles, nameFlags, openCommandHost } from './command/command-host.ts';
import { TerminalReporter } from './command/terminal-reporter.ts';
import { findDefault } from './inputs/described.ts';
import { listenForCancellation, requireNode } from './pipeline/process.ts';
import { describeFailure, StepError } from './text/errors.ts';
import { neutralise } from './text/text.ts';

const args = process.argv.slice(2);
const reporter = new TerminalReporter(process.stdout, process.stderr, args.includes('--json'));
const print = (text: string): boolean => process.stdout.write(text);

/** @returns the exit code */
async function runCommand({ command, words, values }: CommandLine): Promise<number> {
  const given = new Map(values);
  const host = openCommandHost(process.env, command === 'check' ? 'check' : 'output', given);
  const nameInputs = (message: string): string => nameFlags(message, process.env, given);
  reporter.nameWith(nameInputs);
  if (command === 'fill') {
    const { runFill } = await import('./command/fill.ts');
    const [template = ''] = words;
    const manifest =
      values.get('manifest') ?? (host.getInput('manifest-path') || findDefault('manifest-path'));
    const out = values.get('out');
    await runFill({ template, manifest, out, print });
    if (out !== undefined) process.stderr.write(`Wrote ${neutralise(out)}.\n`);
    return 0;
  }
  if (command === 'doctor') {
    const { runDoctor } = await import('./command/doctor.ts');
    const confirm = async (question: string): Promise<boolean> => values.has('yes') || (await ask(question));
    const printNamed = (text: string): boolean => print(nameInputs(text));
    return await runDoctor({ host, reporter, json: values.has('json'), confirm, print: printNamed });
  }
  const { runStep } = await import('./pipeline/run.ts');
  const chosen = chooseFiles(host);
  if (chosen !== undefined) {
    given.set('files', chosen.files);
    reporter.annotate('notice', chosen.notice);
  }
  await runStep(host, reporter, listenForCancellation());
  return reporter.end();
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new WrongUsage('doctor asks before it sends anything; run it in a terminal, or add --yes');
  // Loaded by need: a Node that is too old, which is told of, has it not.
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

async function main(): Promise<number> {
  requireNode(process.versions.node, 'install a newer one');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const line = parseCommandLine(args, { version, columns: process.stdout.columns, print });
  return line === undefined ? 0 : await runCommand(line);
}

/** What ends the command outside of a run. A run never throws. */
function reportFailure(error: unknown): number {
  const { code, sentence } = describeFailure(error, undefined, Number.POSITIVE_INFINITY);
  if (code === 'node-too-old') {
    // It may lack what the reporter needs.
    process.stderr.write(`error: ${sentence}\n`);
    return 1;
  }
  const isWrongUsage = error instanceof StepError && code !== 'template-unfilled';
  reporter.fail(sentence, isWrongUsage ? 2 : 1);
  return reporter.end();
}

process.once('uncaughtException', (error) => {
  // Who reads the output has enough of it.
  if ('code' in error && error.code === 'EPIPE') process.exit(1);
  process.exitCode = reportFailure(error);
  process.stdout.write('', () => process.exit());
});
void main()
  .catch(reportFailure)
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
