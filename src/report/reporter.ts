// What a run tells people and later steps, wherever it runs; and how a step of a workflow does.
import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import type { Mode } from '../inputs/inputs.ts';
import type { Outcome } from '../outcome.ts';
import { describeError } from '../text/errors.ts';
import { type Redactor, splitSecrets } from '../text/redact.ts';
import { countOf, neutralise, neutraliseLines } from '../text/text.ts';
import { describeCounts, describeWork } from './words.ts';

export type Level = 'error' | 'warning' | 'notice';

/** How a run ended. */
export interface Conclusion {
  /** The mode in force; empty when the input was wrong, and nothing was done. */
  readonly mode: Mode | '';
  readonly outcomes: readonly Outcome[];
  /** Why it failed, if it did. */
  readonly failures: readonly string[];
  /** Where the gallery is, from the workspace on, if one was written. */
  readonly gallery: string | undefined;
}

/** The way out of everything a run says. Text is neutralised behind this line, whatever it comes from. */
export interface Reporter {
  /** Characters that all outputs together may have. */
  readonly maxOutputCharacters: number;
  /** Hides secrets in what follows: every message goes through `redact`, and what others print of them is masked. */
  hide(secrets: readonly string[], redact: Redactor): void;
  info(message: string): void;
  /** Runs `body` under a title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Says something about the run, or about a file of the repository. */
  annotate(level: Level, message: string, path?: string): void;
  /** @returns why outputs did not arrive, in a sentence; undefined when all did */
  setOutputs(outputs: Readonly<Record<string, string>>): string | undefined;
  /** A summary that cannot be written is no reason to fail. */
  writeSummary(markdown: string): void;
  /** Says how the run ended; it failed where there are failures. The last thing that is said. */
  conclude(conclusion: Conclusion): void;
}

/** GitHub shows ten annotations of each level per step; the last place is kept for saying how many more there are. */
const SHOWN_PER_LEVEL = 9;

/** The reporter of a step of a workflow. */
export class GitHubReporter implements Reporter {
  /** GitHub takes about 500 000 characters of outputs per job; this leaves room for other steps. */
  readonly maxOutputCharacters = 400_000;
  readonly #counts: Record<Level, number> = { error: 0, warning: 0, notice: 0 };
  /** Paths with an error, which says what there is to say. */
  readonly #wrong = new Set<string>();
  readonly #summaryFile: string | undefined;
  #redact: Redactor = (text) => text;

  /** @param summaryFile where GitHub reads the job summary from (GITHUB_STEP_SUMMARY) */
  constructor(summaryFile: string | undefined) {
    this.#summaryFile = summaryFile;
  }

  /** The runner masks secrets whole and line by line, as it matches single lines only. */
  hide(secrets: readonly string[], redact: Redactor): void {
    for (const part of splitSecrets(secrets)) core.setSecret(part);
    this.#redact = redact;
  }

  info(message: string): void {
    core.info(this.#clean(message));
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    core.startGroup(title);
    try {
      return await body();
    } finally {
      core.endGroup();
    }
  }

  /** Beyond what GitHub shows, the message only goes to the log. */
  annotate(level: Level, message: string, path?: string): void {
    const text = path === undefined ? this.#clean(message) : `${neutralise(path)}: ${this.#clean(message)}`;
    this.#counts[level] += 1;
    if (level === 'error' && path !== undefined) this.#wrong.add(path);
    if (this.#counts[level] > SHOWN_PER_LEVEL) core.info(`${level}: ${text}`);
    else this.#emit(level, text, path);
  }

  /** Lists what the log has not told yet, the failures, and for each level how many there was no room for. */
  conclude({ mode, outcomes, failures, gallery }: Conclusion): void {
    const untold = [...describeWork(outcomes, mode === 'check')].filter(([path]) => !this.#wrong.has(path));
    if (untold.length > 0) {
      core.startGroup(mode === 'check' ? 'What would be done' : 'What was done, and what was not');
      for (const [path, work] of untold) core.info(`${neutralise(path)}: ${this.#clean(work)}`);
      core.endGroup();
    }
    if (gallery !== undefined) core.info(`The gallery is ${this.#clean(gallery)}`);
    for (const level of ['warning', 'notice'] as const) {
      const more = this.#counts[level] - SHOWN_PER_LEVEL;
      if (more > 0) this.#emit(level, `${countOf(more, `more ${level}`)} in the log of this step.`);
    }
    if (failures.length > 0) {
      const more = this.#counts.error - SHOWN_PER_LEVEL;
      const rest =
        more > 0 ? ` ${countOf(more, 'more error')} in the job summary and the log of this step.` : '';
      core.setFailed(`${neutraliseLines(this.#redact(failures.join(' ')))}${rest}`);
    }
    if (mode !== '') core.info(describeCounts(outcomes, mode === 'check'));
  }

  setOutputs(outputs: Readonly<Record<string, string>>): string | undefined {
    try {
      for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
      return undefined;
    } catch (error) {
      return `The outputs could not be written (GITHUB_OUTPUT): ${describeError(error)}.`;
    }
  }

  writeSummary(markdown: string): void {
    try {
      if (!this.#summaryFile) throw new Error('GITHUB_STEP_SUMMARY is not set');
      // The writer of @actions/core does no more, and loads a good part of Node for it.
      appendFileSync(this.#summaryFile, `${markdown}\n`);
    } catch (error) {
      this.annotate('warning', `The job summary could not be written: ${describeError(error)}.`);
    }
  }

  #clean(message: string): string {
    return neutralise(this.#redact(message));
  }

  #emit(level: Level, text: string, path?: string): void {
    const properties = path === undefined ? {} : { file: neutralise(path) };
    if (level === 'error') core.error(text, properties);
    else if (level === 'warning') core.warning(text, properties);
    else core.notice(text, properties);
  }
}
