// Cuts the output of a process into lines as .NET does: at LF, CR LF and a CR alone.
import { StringDecoder } from 'node:string_decoder';

/** Takes chunks of UTF-8 as they come and hands on whole lines; `end` hands on what is left. */
export function createLineSplitter(onLine: (line: string) => void): {
  take(chunk: Buffer): void;
  end(): void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    take(chunk) {
      rest += decoder.write(chunk);
      // A CR at the very end may be the first half of a CR LF.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      rest += decoder.end();
      if (rest !== '') onLine(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}
