// Turns what GitHub would render into text for a terminal.

/** Lines of a log: groups as headings, messages by their level, all indented. */
export function renderLog(log: string, lineLimit: number): string {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '##[endgroup]')
    .map((line) => line.replace(/^##\[group\]/, '> ').replace(/^##\[(error|warning|notice)\]/, '$1: '));
  return indent(cut(lines, lineLimit));
}

/** A job summary without its tags and pictures; a row of a table becomes a line. */
export function renderSummary(summary: string, lineLimit: number): string {
  const lines = summary
    .replaceAll(/<tr><td>.*?<\/td>(?=<td>)/g, '')
    .replaceAll(/<tr><th.*/g, '')
    .replaceAll('<br>', ', ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return indent(cut(lines, lineLimit));
}

/** A manifest, long IDs cut. */
export function renderManifest(text: string, lineLimit: number): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^( *"id": ".{48}).+",$/, '$1…",'));
  return indent(cut(lines, lineLimit));
}

/** What differs between two manifests, a line per entry: `+` new, `-` gone, `~` another ID. */
export function compareManifests(before: string, after: string): string {
  const old = parseIds(before);
  const now = parseIds(after);
  const lines = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const name = renderNames([path]);
    if (!now.has(path)) return [`- ${name}`];
    const id = `${now.get(path)?.slice(0, 48)}…`;
    if (!old.has(path)) return [`+ ${name}  ${id}`];
    return old.get(path) === now.get(path) ? [] : [`~ ${name}  ${id}`];
  });
  return indent(lines);
}

/** The IDs of a manifest by path. */
export function parseIds(manifest: string): Map<string, string> {
  const { assets }: { assets: Record<string, { id: string }> } = JSON.parse(manifest);
  return new Map(Object.entries(assets).map(([path, { id }]) => [path, id]));
}

/** Names of files as they may be printed: without characters that steer a terminal. */
export function renderNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?'));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}

function cut(lines: readonly string[], limit: number): string[] {
  if (lines.length <= limit) return [...lines];
  const ending = Math.floor(limit / 4);
  const beginning = limit - ending;
  return [...lines.slice(0, beginning), `… ${lines.length - limit} more lines …`, ...lines.slice(-ending)];
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}
