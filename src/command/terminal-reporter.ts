// The reporter of a command: text for people, or one JSON document for programs.
import { styleText } from 'node:util';
import { type Outcome, withStatus } from '../outcome.ts';
import type { Conclusion, Level, Reporter } from '../report/reporter.ts';
import { describeCounts, describeWork } from '../report/words.ts';
import type { Redactor } from '../text/redact.ts';
import { countOf, formatSafeJson, formatSeconds, neutralise, neutraliseLines } from '../text/text.ts';

interface Message {
  readonly level: Level;
  readonly path?: string;
  readonly message: string;
}

/** The codes of failures that leave nothing to mend before assets that are pending get their turn. */
const PASSING = new Set(['assets-pending', 'assets-invalid', 'cancelled']);
const COLOURS = { error: 'red', warning: 'yellow', notice: 'cyan', fine: 'green' } as const;
const SIGNS = { error: '✗', warning: '!', fine: '✓', removed: '-' } as const;
/** Outputs that say the same as they are, and those that speak of GitHub. */
const TEXT_OUTPUTS = new Set(['mode', 'manifest-path']);
const STEP_OUTPUTS = new Set(['commit-sha', 'pull-request-number', 'pull-request-url', 'truncated']);

/** Writes results to `out`, and what is said of the run to `err`. With `json` only the document. */
export class TerminalReporter implements Reporter {
  readonly maxOutputCharacters = Number.POSITIVE_INFINITY;
  readonly #out: NodeJS.WritableStream;
  readonly #err: NodeJS.WritableStream;
  readonly #json: boolean;
  readonly #messages: Message[] = [];
  #redact: Redactor = (text) => text;
  #name = (message: string): string => message;
  #outputs: Readonly<Record<string, string>> = {};
  /** 0 when all is well; 2 when nothing was in force because an input was wrong; else 1. */
  #exitCode: 0 | 1 | 2 = 0;
  #isEnded = false;

  constructor(out: NodeJS.WritableStream, err: NodeJS.WritableStream, json: boolean) {
    this.#out = out;
    this.#err = err;
    this.#json = json;
  }

  /** From now on inputs are called in messages as `name` calls them. */
  nameWith(name: (message: string) => string): void {
    this.#name = name;
  }

  hide(_secrets: readonly string[], redact: Redactor): void {
    this.#redact = redact;
  }

  info(message: string): void {
    this.#print(this.#out, this.#clean(message));
  }

  async group<T>(_title: string, body: () => Promise<T>): Promise<T> {
    return await body();
  }

  /** What is said of a file waits for the file's place in the list at the end. */
  annotate(level: Level, message: string, path?: string): void {
    const text = this.#clean(this.#name(message));
    if (path === undefined) this.#say(level, text);
    else this.#messages.push({ level, path, message: text });
  }

  setOutputs(outputs: Readonly<Record<string, string>>): undefined {
    this.#outputs = outputs;
  }

  writeSummary(): void {}

  conclude({ mode, outcomes, failures, gallery }: Conclusion): void {
    const workByPath = describeWork(outcomes, mode === 'check');
    const messages = Map.groupBy(this.#messages, ({ path }) => path);
    // What is to be mended comes last, next to the verdict.
    const last = ({ path }: Outcome): number => Number(messages.has(path));
    for (const outcome of outcomes.toSorted((a, b) => last(a) - last(b))) {
      const work = this.#clean(this.#name(workByPath.get(outcome.path) ?? ''));
      this.#printFile(outcome, work, messages.get(outcome.path) ?? [], mode);
    }
    for (const { sentence } of failures) this.fail(sentence, mode === '' ? 2 : 1);
    if (mode === '') return;
    if (this.#outputs.changed === 'true') this.info(`Wrote ${this.#outputs['manifest-path']}.`);
    if (gallery !== undefined) this.info(`The gallery is ${gallery}`);
    const left = withStatus(outcomes, 'pending').length;
    if (left > 0 && mode === 'output') {
      const isPassing = failures.every(({ code }) => PASSING.has(code));
      const how = isPassing ? 'the' : 'mend the cause above; then the';
      this.info(`${countOf(left, 'asset')} left: ${how} same command goes on with what is left.`);
    }
    const verdict = failures.length === 0 ? 'Done in' : 'Failed after';
    const counts = describeCounts(outcomes, mode === 'check');
    this.info(`${verdict} ${formatSeconds(performance.now())}: ${counts}.`);
  }

  /** Says why a run failed, or why there was none. */
  fail(failure: string, exitCode: 1 | 2): void {
    this.#exitCode = exitCode;
    this.#say('error', neutraliseLines(this.#redact(this.#name(failure))));
  }

  /** Ends the report: prints the document, once, where that is what was asked for. Gives the exit code. */
  end(): 0 | 1 | 2 {
    if (this.#json && !this.#isEnded) this.#out.write(formatSafeJson(this.#buildDocument()));
    this.#isEnded = true;
    return this.#exitCode;
  }

  /** A file with what is done with it, and below it what is said of it; nothing when it is simply current. */
  #printFile({ path, status }: Outcome, work: string, said: readonly Message[], mode: string): void {
    if (work === '' && said.length === 0) return;
    const isOpen = status === 'pending' && (mode !== 'check' || work === 'not reached');
    const has = (level: Level): boolean => said.some((message) => message.level === level);
    const passed = has('warning') ? 'warning' : 'fine';
    const verdict = isOpen || has('error') ? 'error' : passed;
    const sign = SIGNS[verdict === 'fine' && status === 'removed' ? status : verdict];
    const isTold = work === '' || said.some(({ message }) => message.includes(work));
    const head = `${styleText(COLOURS[verdict], sign, { stream: this.#out })} ${neutralise(path)}`;
    this.#print(this.#out, isTold ? head : `${head}  ${work}`);
    const isBoth = has('error') && has('warning');
    for (const { level, message } of said)
      this.#print(this.#out, `    ${isBoth ? `${level}: ` : ''}${message}`);
  }

  #say(level: Level, text: string): void {
    this.#messages.push({ level, message: text });
    this.#print(this.#err, `${styleText(COLOURS[level], `${level}:`, { stream: this.#err })} ${text}`);
  }

  /** The outputs by their names, as values, with everything that was said. */
  #buildDocument(): object {
    const outputs = Object.entries(this.#outputs)
      .filter(([name]) => !STEP_OUTPUTS.has(name))
      .map(([name, value]) => [name, TEXT_OUTPUTS.has(name) ? value : JSON.parse(value)]);
    return { success: this.#exitCode === 0, ...Object.fromEntries(outputs), messages: this.#messages };
  }

  #clean(message: string): string {
    return neutralise(this.#redact(message), 4000);
  }

  #print(stream: NodeJS.WritableStream, line: string): void {
    if (!this.#json) stream.write(`${line}\n`);
  }
}
