// What the figures mean, and what bounds them: the text below the table of RESULTS.md.

export const NOTES = `## What bounds them
`;
