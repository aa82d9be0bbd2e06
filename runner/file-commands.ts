// The files through which an action hands back outputs, state and environment
// (actions/runner, src/Runner.Worker/FileCommandManager.cs).

/** What a file of `name=value` and `name<<delimiter` entries says. */
export type FileCommandContent = {
  readonly values: Readonly<Record<string, string>>;
  /** Delimiters in order. */
  readonly delimiters: readonly string[];
};

/** Reads such a file; throws where the runner fails the step. */
export function parseFileCommands(text: string): FileCommandContent {
  const values = new Map<string, string>();
  const delimiters: string[] = [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`);
      values.set(line.slice(0, equals), line.slice(equals + 1));
    } else if (heredoc >= 0) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === '' || delimiter === '') {
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
      }
      const end = lines.indexOf(delimiter, at + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      delimiters.push(delimiter);
      values.set(name, lines.slice(at + 1, end).join('\n'));
      at = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return { values: Object.fromEntries(values), delimiters };
}
