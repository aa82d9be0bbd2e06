// Output files as GitHub's runner reads them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFileCommands } from '../../runner/file-commands.ts';

const readable: { name: string; text: string; values: Record<string, string>; delimiters?: string[] }[] = [
  { name: 'nothing', text: '', values: {} },
  { name: 'a value', text: 'a=b\n', values: { a: 'b' } },
  { name: 'a value without final newline', text: 'a=b=c', values: { a: 'b=c' } },
  { name: 'an empty value between empty lines', text: '\na=\n\n', values: { a: '' } },
  { name: 'the last of two values', text: 'a=1\na=2\n', values: { a: '2' } },
  { name: 'a value with a heredoc mark', text: 'a=b<<c\n', values: { a: 'b<<c' } },
  { name: 'a heredoc', text: 'a<<END\nx\n\ny\nEND\n', values: { a: 'x\n\ny' }, delimiters: ['END'] },
  { name: 'an empty heredoc', text: 'a<<END\nEND\n', values: { a: '' }, delimiters: ['END'] },
  { name: 'a heredoc of one empty line', text: 'a<<END\n\nEND\n', values: { a: '' }, delimiters: ['END'] },
  {
    name: 'a heredoc with equals sign later',
    text: 'a<<E=D\nx\nE=D',
    values: { a: 'x' },
    delimiters: ['E=D'],
  },
  {
    name: 'a carriage return as content',
    text: 'a<<END\nx\r\nEND\n',
    values: { a: 'x\r' },
    delimiters: ['END'],
  },
];

const unreadable = [
  { name: 'a line without mark', text: 'a\n', message: /Invalid format 'a'/ },
  { name: 'no name', text: '=a\n', message: /Name must not be empty/ },
  { name: 'no name of a heredoc', text: '<<END\nEND\n', message: /Name must not be empty/ },
  { name: 'no delimiter', text: 'a<<\nx\n', message: /delimiter must not be empty/ },
  { name: 'an open heredoc', text: 'a<<END\nEND \n', message: /delimiter not found 'END'/ },
];

describe('a file of outputs holds', () => {
  for (const { name, text, values, delimiters = [] } of readable) {
    it(name, () => assert.deepEqual(parseFileCommands(text), { values, delimiters }));
  }
});

describe('a file of outputs is refused for', () => {
  for (const { name, text, message } of unreadable) {
    it(name, () => assert.throws(() => parseFileCommands(text), { message }));
  }
});
