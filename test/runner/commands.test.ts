// Lines and the commands GitHub's runner finds in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCommand, type WorkflowCommand } from '../../runner/commands.ts';

const commands: { line: string; command: WorkflowCommand }[] = [
  { line: '::error::broken', command: { command: 'error', properties: {}, data: 'broken' } },
  { line: ' \t::error::broken', command: { command: 'error', properties: {}, data: 'broken' } },
  { line: '::ERROR::broken', command: { command: 'error', properties: {}, data: 'broken' } },
  {
    line: '::error file=a.png,line=3,title=A%3A B%2C 100%25 %0D%0A::a%0Ab%250A%3A',
    command: {
      command: 'error',
      properties: { file: 'a.png', line: '3', title: 'A: B, 100% \r\n' },
      data: 'a\nb%0A%3A',
    },
  },
  {
    line: '::warning File=a=b,title=,=x,loose::',
    command: { command: 'warning', properties: { file: 'a=b' }, data: '' },
  },
  { line: '##[add-mask]secret', command: { command: 'add-mask', properties: {}, data: 'secret' } },
  {
    line: 'words ##[error file=a.png;title=x%3By%5D]data%3B',
    command: { command: 'error', properties: { file: 'a.png', title: 'x;y]' }, data: 'data;' },
  },
  { line: '::unknown::##[debug]x', command: { command: 'debug', properties: {}, data: 'x' } },
];

const ordinary = [
  '',
  'error::x',
  'x ::error::y',
  '::error',
  '::error:',
  ': :error::x',
  '::unknown::x',
  '::error-x::y',
  '##[error',
  '##[unknown]x',
  '#[error]x',
  '\u200b::error::x',
];

describe('a line is a command', () => {
  for (const { line, command } of commands) {
    it(JSON.stringify(line), () => assert.deepEqual(parseCommand(line), command));
  }
});

describe('a line is ordinary text', () => {
  for (const line of ordinary) {
    it(JSON.stringify(line), () => assert.equal(parseCommand(line), undefined));
  }
});
