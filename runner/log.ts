// Follows what an action prints, carries out its workflow commands and writes the log a user would see.
import { knownCommands, parseCommand, type WorkflowCommand } from './commands.ts';
import { createMasker } from './masks.ts';

/** A message on the run's page; places are as the action gave them. */
export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: string;
};

/** The log of a step. */
export type StepLog = {
  readonly commands: readonly WorkflowCommand[];
  readonly annotations: readonly Annotation[];
  /** Registered values, in order. */
  readonly masks: readonly string[];
  /** Titles of groups, in order. */
  readonly groups: readonly string[];
  readonly debug: readonly string[];
  /** Outputs by the deprecated command. */
  readonly legacyOutputs: Readonly<Record<string, string>>;
  /** What the runner itself complains of; each fails the step. */
  readonly errors: readonly string[];
  /** What a user reads, secrets hidden. */
  readonly text: string;
};

/** Collects a log line by line; `debug` shows debug messages, as step debugging does. */
export function createStepLog(
  debug: boolean,
): StepLog & { take(line: string): void; print(text: string): void } {
  const masker = createMasker();
  const commands: WorkflowCommand[] = [];
  const annotations: Annotation[] = [];
  const groups: string[] = [];
  const debugMessages: string[] = [];
  const legacyOutputs = new Map<string, string>();
  const errors: string[] = [];
  const printed: string[] = [];
  let stopToken: string | undefined;

  const print = (text: string) => {
    printed.push(masker.mask(text));
  };
  const fail = (message: string) => {
    errors.push(message);
    print(`##[error]${message}`);
  };

  function carryOut(line: string, command: WorkflowCommand): void {
    const { data, properties } = command;
    switch (command.command) {
      case 'error':
      case 'warning':
      case 'notice':
        annotations.push(describeAnnotation(command.command, command));
        print(`##[${command.command}]${data}`);
        return;
      case 'debug':
        debugMessages.push(data);
        if (debug) print(`##[debug]${data}`);
        return;
      case 'group':
        groups.push(data);
        print(`##[group]${data}`);
        return;
      case 'endgroup':
        print('##[endgroup]');
        return;
      case 'add-mask':
        if (data.trim() === '')
          print("##[warning]Can't add secret mask for empty string in ##[add-mask] command.");
        else masker.add(data);
        return;
      case 'stop-commands':
        stopToken = data.toLowerCase();
        print(line);
        return;
      case 'set-output':
        if (properties.name === undefined)
          fail("Required field 'name' is missing in ##[set-output] command.");
        else legacyOutputs.set(properties.name, data);
        return;
      case 'set-env':
      case 'add-path':
        fail(`Unable to process command '${line}' successfully. The command is disabled.`);
        return;
    }
  }

  function take(line: string): void {
    const known = stopToken === undefined ? knownCommands : [...knownCommands, stopToken];
    const command = parseCommand(line, known);
    if (command === undefined || (stopToken !== undefined && command.command !== stopToken)) {
      print(line);
    } else if (stopToken !== undefined) {
      stopToken = undefined;
      print(line);
    } else {
      commands.push(command);
      carryOut(line, command);
    }
  }

  return {
    take,
    print,
    commands,
    annotations,
    masks: masker.values,
    groups,
    debug: debugMessages,
    errors,
    get legacyOutputs() {
      return Object.fromEntries(legacyOutputs);
    },
    get text() {
      return printed.map((line) => `${line}\n`).join('');
    },
  };
}

/** The annotations GitHub shows of a step: ten of each level, messages cut after 4 096 characters. */
export function selectVisibleAnnotations(annotations: readonly Annotation[]): Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) =>
    annotations
      .filter((annotation) => annotation.level === level)
      .slice(0, 10)
      .map((annotation) => ({ ...annotation, message: annotation.message.slice(0, 4096) })),
  );
}

function describeAnnotation(level: Annotation['level'], { data, properties }: WorkflowCommand): Annotation {
  const { title, file, line } = properties;
  return {
    level,
    message: data,
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}
