// The reporter of a command: text for people, or one JSON document for programs.
import { styleText } from 'node:util';
import { makeRedactor, type Redactor } from '../text/redact.ts';
import type { Level, Reporter } from '../report/reporter.ts';
import { neutralise, writeSafeJson } from '../text/text.ts';

interface Message {
  readonly level: Level;
  readonly path?: string;
  readonly message: string;
}

const COLOURS = { error: 'red', warning: 'yellow', notice: 'cyan' } as const;
/** Outputs that say the same as they are, and those that speak of GitHub. */
const TEXT_OUTPUTS = new Set(['mode', 'manifest-path']);
const STEP_OUTPUTS = new Set(['commit-sha', 'pull-request-number', 'pull-request-url', 'truncated']);

/** Writes results to `out`, and what is wrong to `err`. With `json` only the document. */
export class TerminalReporter implements Reporter {
  readonly maxOutputCharacters = Number.POSITIVE_INFINITY;
  readonly #out: NodeJS.WritableStream;
  readonly #err: NodeJS.WritableStream;
  readonly #json: boolean;
  readonly #messages: Message[] = [];
  #redact: Redactor = (text) => text;
  #outputs: Readonly<Record<string, string>> = {};
  #exitCode: 0 | 1 | 2 = 0;

  constructor(out: NodeJS.WritableStream, err: NodeJS.WritableStream, json: boolean) {
    this.#out = out;
    this.#err = err;
    this.#json = json;
  }

  /** 0 when all is well; 2 when nothing was in force because an input was wrong; else 1. */
  get exitCode(): 0 | 1 | 2 {
    return this.#exitCode;
  }

  mask(secrets: readonly string[]): void {
    this.#redact = makeRedactor(secrets, '');
  }

  redactWith(redact: Redactor): void {
    this.#redact = redact;
  }

  info(message: string): void {
    this.#print(this.#out, this.#clean(message));
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.#print(this.#out, styleText('bold', title, { stream: this.#out }));
    return await body();
  }

  annotate(level: Level, message: string, path?: string): void {
    const text = this.#clean(message);
    this.#messages.push({ level, ...(path === undefined ? {} : { path }), message: text });
    const place = path === undefined ? '' : `${neutralise(path)}: `;
    const label = styleText(COLOURS[level], `${level}:`, { stream: this.#err });
    this.#print(this.#err, `${label} ${place}${text}`);
  }

  setOutputs(outputs: Readonly<Record<string, string>>): undefined {
    this.#outputs = outputs;
  }

  writeSummary(): void {}

  finish(): void {
    if (this.#outputs.changed === 'true') this.info(`Wrote ${this.#outputs['manifest-path']}.`);
  }

  fail(message: string): void {
    this.annotate('error', message);
    this.#exitCode = this.#outputs.mode === '' ? 2 : 1;
  }

  /** Ends the report: prints the document, where that is what was asked for. */
  end(): void {
    if (this.#json) this.#out.write(writeSafeJson(this.#buildDocument()));
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
