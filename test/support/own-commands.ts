// What of a run's log the runner takes for commands must be what the action meant.
import assert from 'node:assert/strict';
import type { ActionResult } from '../../runner/run-action.ts';

const GROUPS = ['Judge assets', 'Upload', 'What would be done', 'What was done, and what was not'];

/**
 * Asserts that the log holds no command but ours: annotations of safe text, in one line but for the error that ends the
 * step; our groups, the settings that @actions/glob tells the debug log, and masks of what was given to the run, as it is
 * or as a password in an address.
 */
export function assertOnlyOwnCommands(result: ActionResult, given: readonly string[]): void {
  let openGroups = 0;
  for (const { command, properties, data } of result.commands) {
    switch (command) {
      case 'error':
      case 'warning':
      case 'notice':
        assert.ok(Object.keys(properties).every((name) => name === 'file'));
        for (const text of [...splitEnding(command, properties, data), properties.file ?? ''])
          assert.doesNotMatch(
            text,
            /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]|##\[/u,
          );
        break;
      case 'group':
        assert.ok(GROUPS.includes(data), `the group ${data}`);
        openGroups += 1;
        break;
      case 'debug':
        assert.match(data, /^[a-zA-Z]+ '(?:true|false)'$/);
        break;
      case 'add-mask':
        assert.ok(
          given.some((value) => value.includes(data) || value.includes(encodeURIComponent(data))),
          'a mask of something else',
        );
        break;
      default:
        assert.equal(command, 'endgroup');
        openGroups -= 1;
    }
    assert.ok(openGroups === 0 || openGroups === 1, 'groups never nest');
  }
  // A killed process ends in the middle of one.
  if (result.signal === null) assert.equal(openGroups, 0, 'every group is closed');
  assert.deepEqual(result.runnerErrors, []);
  assert.deepEqual(result.weakDelimiters, []);
  assert.deepEqual([result.state, result.exportedEnv], [{}, {}]);
}

/** The lines of the error that ends the step, each of which the runner prints; any other text as it is. */
function splitEnding(
  command: string,
  { file }: Readonly<Record<string, string>>,
  data: string,
): readonly string[] {
  return command === 'error' && file === undefined ? data.split('\n') : [data];
}
