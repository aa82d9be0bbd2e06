// Reads git objects through one long-lived `git cat-file`, because starting git costs more than everything else here.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

type Answer = (GitObject & { readonly content: Buffer }) | undefined;

interface Question {
  readonly wantsContent: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class ObjectReader {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #questions: Question[] = [];
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Bytes that must be there before looking again makes sense. */
  #neededBytes = 0;

  constructor(folder: string) {
    this.#process = spawn('git', ['cat-file', '--batch-command'], {
      cwd: folder,
      env: { PATH: process.env.PATH },
    });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#receivedBytes += chunk.length;
      if (this.#receivedBytes >= this.#neededBytes) this.#answer();
    });
    this.#process.on('close', () => {
      for (const { reject } of this.#questions) reject(new Error('git cat-file has ended.'));
    });
    // Questions are written after an end only when `close` is about to come.
    this.#process.stdin.on('error', () => {});
    // It must not keep a test process alive.
    this.#process.unref();
  }

  /** Type and size of what a revision such as `<oid>` or `<oid>:path` names, or undefined. */
  async inspect(revision: string): Promise<GitObject | undefined> {
    return await this.#ask('info', revision);
  }

  /** The same with the content. */
  async read(revision: string): Promise<Answer> {
    return await this.#ask('contents', revision);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await closed;
  }

  async #ask(command: 'info' | 'contents', revision: string): Promise<Answer> {
    if (revision.includes('\n')) throw new Error('A revision has one line.');
    return await new Promise((resolve, reject) => {
      this.#questions.push({ wantsContent: command === 'contents', resolve, reject });
      this.#process.stdin.write(`${command} ${revision}\n`);
    });
  }

  #answer(): void {
    let bytes = Buffer.concat(this.#received);
    for (let question = this.#questions[0]; question !== undefined; question = this.#questions[0]) {
      const end = bytes.indexOf('\n');
      if (end === -1) break;
      const [, oid = '', type = '', size = ''] =
        /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(bytes.toString('latin1', 0, end)) ?? [];
      const contentEnd = end + 1 + (question.wantsContent && oid !== '' ? Number(size) + 1 : 0);
      this.#neededBytes = contentEnd;
      if (bytes.length < contentEnd) break;
      // A copy, so that a small answer does not keep a large buffer.
      const content = Buffer.from(bytes.subarray(end + 1, Math.max(end + 1, contentEnd - 1)));
      question.resolve(oid === '' ? undefined : { oid, type, size: Number(size), content });
      this.#questions.shift();
      bytes = bytes.subarray(contentEnd);
      this.#neededBytes = 0;
    }
    this.#received = [bytes];
    this.#receivedBytes = bytes.length;
  }
}
