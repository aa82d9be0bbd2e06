// Reads CHANGELOG.md, kept in the form of Keep a Changelog.

/** The text below the heading of a released version; undefined when it is missing, has no date or is empty. */
export function extractNotes(changelog: string, version: string): string | undefined {
  for (const section of changelog.split(/^(?=## )/m)) {
    const [heading = '', ...lines] = section.split('\n');
    const [, name] = /^## \[(.+)\] - \d{4}-\d{2}-\d{2}$/.exec(heading.trim()) ?? [];
    if (name === version) return lines.join('\n').trim() || undefined;
  }
  return undefined;
}
