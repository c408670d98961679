import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { withNames } from './any-case.ts';

/**
 * A command of Kubescape's operator.
 *
 * Source: https://github.com/armosec/armoapi-go, apis/websocketdatastructures.go
 */
export interface Command {
  readonly commandName: string;
  readonly designators: readonly { readonly attributes: Readonly<Record<string, string>> }[];
  /** Whole or the beginning of one; of several spellings the one that was given. */
  readonly wlid: string;
  readonly jobId?: string;
  /** The job that it is a part of, as the sender says. */
  readonly parentId?: string;
  /** May hold credentials: never to be logged. */
  readonly args: Readonly<Record<string, unknown>>;
  /** As it came, to be sent again by a recurring scan. */
  readonly raw: unknown;
}

const commandNames = [
  ...[
    'commandName',
    'responseID',
    'designators',
    'wlid',
    'wildWlid',
    'sid',
    'wildSid',
    'jobTracking',
    'args',
  ],
];
const trackingNames = ['jobID', 'parentAction', 'parentID', 'numSeq', 'timestamp'];
const argumentNames = [
  ...['scanV1', 'kubescapeJobParams', 'jobParams', 'cronTabSchedule', 'registryInfo-v1', 'images'],
];

const text = z.string().nullish();

export const commandSchema = z.looseObject({
  commandName: text.describe(
    'What is to be done: `kubescapeScan`, `scan`, `scanRegistry`, `setKubescapeCronJob`, …',
  ),
  designators: z
    .array(
      z
        .looseObject({ attributes: z.record(z.string(), z.coerce.string()).nullish() })
        .describe('What it is about.'),
    )
    .nullish(),
  wlid: text.describe('`wlid://cluster-<c>/namespace-<ns>/<kind>-<name>`, or the beginning of one.'),
  wildWlid: text,
  jobTracking: z
    .looseObject({ jobID: text, parentAction: text, parentID: text })
    .nullish()
    .describe('`jobID`: the same again is the same job.'),
  args: z.record(z.string(), z.unknown()).nullish(),
});

export const commandsSchema = z.looseObject({
  commands: z.array(z.unknown()).describe('Each becomes a job.'),
});

/** Commands in one request. */
export const mostCommands = 100;

/** Reads the body of `/v1/triggerAction`. @throws {BadInputError} naming the field */
export function parseCommands(body: unknown): readonly Command[] {
  const whole = commandsSchema.safeParse(withNames(body, ['commands']));
  if (!whole.success)
    throw new BadInputError('commands', 'expected a JSON object with a list "commands"', {
      cause: whole.error,
    });
  const { commands } = whole.data;
  if (commands.length === 0) throw new BadInputError('commands', 'there is no command in it');
  if (commands.length > mostCommands)
    throw new BadInputError(
      'commands',
      `there are ${commands.length} commands; at most ${mostCommands} in one request`,
    );
  return commands.map(parseCommand);
}

/** @throws {BadInputError} naming the field */
export function parseCommand(raw: unknown, index = 0): Command {
  const parsed = commandSchema.safeParse(named(raw));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = ['commands', index, ...(issue?.path ?? [])].join('.');
    throw new BadInputError(path, issue?.message ?? 'expected an object');
  }
  const { commandName, designators, wlid, wildWlid, jobTracking, args } = parsed.data;
  if (commandName == null || commandName === '')
    throw new BadInputError(`commands.${index}.commandName`, 'it has to be given');
  return {
    commandName,
    designators: (designators ?? []).map(({ attributes }) => ({ attributes: attributes ?? {} })),
    wlid: wlid || wildWlid || '',
    ...trackingOf(jobTracking),
    args: (withNames(args ?? {}, argumentNames) ?? {}) as Record<string, unknown>,
    raw,
  };
}

/** With the fields' proper names, inner ones too. */
function named(raw: unknown): unknown {
  const command = withNames(raw, commandNames);
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return command;
  const { designators, jobTracking } = command as Record<string, unknown>;
  return {
    ...command,
    ...(Array.isArray(designators)
      ? { designators: designators.map((one) => withNames(one, ['designatorType', 'attributes'])) }
      : {}),
    ...(jobTracking === undefined ? {} : { jobTracking: withNames(jobTracking, trackingNames) }),
  };
}

function trackingOf(
  tracking: z.output<typeof commandSchema>['jobTracking'],
): Pick<Command, 'jobId' | 'parentId'> {
  const jobId = tracking?.jobID ?? '';
  const parentId = tracking?.parentAction ?? tracking?.parentID ?? '';
  return { ...(jobId === '' ? {} : { jobId }), ...(parentId === '' ? {} : { parentId }) };
}
