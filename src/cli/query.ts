import type { Command } from 'commander';
import { parseDuration } from '../kit/duration.ts';
import { type AddCommand, type CliContext, CommandEnd } from './program.ts';
import { askPrometheus, type Server, showLabelSet } from './query/ask.ts';
import { type DataJson, showData } from './query/show.ts';
import { readTime, timeRange } from './query/times.ts';

interface CommonFlags {
  readonly url: string;
  readonly token?: string;
  readonly format: string;
  readonly start?: string;
  readonly end?: string;
  readonly match?: readonly string[];
}

const local = 'http://127.0.0.1:9600';

/** `skopos query`: as `promtool query`, in its output and its exit statuses, against a running Skopos or Prometheus. */
export const queryCommand: AddCommand = (program, context) => {
  const query = program.command('query').description('ask a running Skopos, or a Prometheus');

  verb(query, 'instant', 'an expression at one time')
    .argument(
      '<server or expression...>',
      'the expression, with the address of the server before it where it is not the local one',
    )
    .option('--time <time>', 'RFC 3339 or Unix seconds; now when left out')
    .action((args: readonly string[], flags: CommonFlags & { time?: string }) =>
      run(async () => {
        const [server, text] = split(args, flags, 'expression');
        const time = readTime(flags.time, 'evaluation time') ?? Date.now();
        const body = { query: text, time: String(time / 1000) };
        const { data, notes } = await askPrometheus<DataJson>(server, 'query', body, context.signal);
        tell(notes);
        print(flags, data.result, () => showData(data));
      }, context),
    );

  verb(query, 'range', 'an expression over a time')
    .argument(
      '<server or expression...>',
      'the expression, with the address of the server before it where it is not the local one',
    )
    .option('--start <time>', 'RFC 3339 or Unix seconds; 5 minutes before the end when left out')
    .option('--end <time>', 'now when left out')
    .option('--step <duration>', 'between two points; such that there are 250 when left out')
    .action((args: readonly string[], flags: CommonFlags & { step?: string }) =>
      run(async () => {
        const [server, text] = split(args, flags, 'expression');
        const { startMs, endMs, stepMs } = timeRange(flags, Date.now());
        const stepText = flags.step;
        const chosenMs = stepText === undefined ? stepMs : parseDuration(stepText);
        if (chosenMs === undefined || chosenMs === 0)
          throw new Error(`--step: expected a duration such as 30s, got "${stepText}"`);
        const body = { query: text, start: seconds(startMs), end: seconds(endMs), step: seconds(chosenMs) };
        const { data, notes } = await askPrometheus<DataJson>(server, 'query_range', body, context.signal);
        tell(notes);
        print(flags, data.result, () => showData(data));
      }, context),
    );

  verb(query, 'series', 'series by their labels')
    .argument('[server]', 'the address of the server where it is not the local one')
    .requiredOption('--match <selector>', 'such as up{job="a"}; may be given several times', gather)
    .option('--start <time>', 'RFC 3339 or Unix seconds')
    .option('--end <time>')
    .action((address: string | undefined, flags: CommonFlags) =>
      run(async () => {
        const server = serverOf(address, flags);
        const { data, notes } = await askPrometheus<Record<string, string>[]>(
          server,
          'series',
          selection(flags),
          context.signal,
        );
        tell(notes);
        print(flags, data, () => data.map((labels) => `${showLabelSet(labels)}\n`).join(''));
      }, context),
    );

  verb(query, 'labels', 'values of a label')
    .argument(
      '<server or name...>',
      'the name, with the address of the server before it where it is not the local one',
    )
    .option('--match <selector>', 'of these series only; may be given several times', gather)
    .option('--start <time>', 'RFC 3339 or Unix seconds')
    .option('--end <time>')
    .action((args: readonly string[], flags: CommonFlags) =>
      run(async () => {
        const [server, name] = split(args, flags, 'label');
        const path = `label/${encodeURIComponent(name)}/values`;
        const { data, notes } = await askPrometheus<string[]>(
          server,
          path,
          selection(flags),
          context.signal,
          'GET',
        );
        tell(notes);
        print(flags, data, () => data.map((value) => `${value}\n`).join(''));
      }, context),
    );
};

function verb(query: Command, name: string, description: string): Command {
  return query
    .command(name)
    .description(description)
    .option('--url <address>', 'where the server runs', local)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
    .option('-o, --format <format>', 'promql or json', 'promql');
}

/** promtool says on standard error what is wrong and ends with 1, whatever it is. */
async function run(work: () => Promise<void>, { signal }: CliContext): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    throw new CommandEnd(1);
  }
}

/** promtool takes the server as the first argument. */
function split(args: readonly string[], flags: CommonFlags, what: string): [Server, string] {
  const [first = '', second, ...more] = args;
  if (more.length > 0) throw new Error(`expected one ${what}, got ${args.length - 1}; put quotes around it`);
  return second === undefined ? [serverOf(undefined, flags), first] : [serverOf(first, flags), second];
}

function serverOf(address: string | undefined, { url, token, format }: CommonFlags): Server {
  if (format !== 'promql' && format !== 'json')
    throw new Error(`--format: expected promql or json, got "${format}"`);
  const text = address ?? url;
  return {
    url: /^https?:\/\//.test(text) ? text : `http://${text}`,
    token: token ?? process.env['SKOPOS_TOKEN'],
  };
}

function selection(flags: CommonFlags): readonly (readonly [string, string])[] {
  const startMs = readTime(flags.start, 'start time');
  const endMs = readTime(flags.end, 'end time');
  return [
    ...(flags.match ?? []).map((text) => ['match[]', text] as const),
    ...(startMs === undefined ? [] : [['start', seconds(startMs)] as const]),
    ...(endMs === undefined ? [] : [['end', seconds(endMs)] as const]),
  ];
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function tell(notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`${note}\n`);
}

function print({ format }: CommonFlags, json: unknown, text: () => string): void {
  process.stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : text());
}
