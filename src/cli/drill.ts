import type { DrillJson } from '../api/skopos/contract.ts';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { sleep } from '../kit/sleep.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, reaching, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags extends ApiFlags {
  readonly receiver?: string;
  readonly timeout: string;
}

/** How often the running drill is asked for. */
const pollMs = 50;

/** `skopos drill`: exits 0 when the receipt came, 1 with the hop where it stopped. */
export const drillCommand: AddCommand = (program, { signal }) => {
  reaching(program.command('drill'))
    .description('send a marked synthetic finding through the running chain and wait for the receipt')
    .option('--receiver <name>', 'a configured receiver to really send it to; the drill inbox when left out')
    .option('--timeout <duration>', 'how long to wait for the receipt', '30s')
    .option('--json', 'print the result as JSON')
    .action(async (flags: Flags) => {
      const timeoutMs = parseDuration(flags.timeout);
      if (timeoutMs === undefined || timeoutMs === 0)
        throw new BadInputError('--timeout', `expected a duration such as 30s, got "${flags.timeout}"`);
      let drill = await callApi<DrillJson>(flags, 'api/skopos/v1/drills', {
        method: 'POST',
        body: { timeoutMs, ...(flags.receiver === undefined ? {} : { receiver: flags.receiver }) },
        signal,
      });
      while (drill.state === 'running' && (await sleep(pollMs, signal))) {
        drill = await callApi<DrillJson>(flags, `api/skopos/v1/drills/${drill.id}`, { signal });
      }
      tell(flags, drill, report(drill));
      if (drill.state !== 'delivered') throw new CommandEnd(1);
    });
};

function report(drill: DrillJson): string {
  const lines = drill.hops.map(({ hop, afterMs, note }) => {
    const mark = afterMs === undefined ? pc.red('✗') : pc.green('✓');
    const time = afterMs === undefined ? '—' : `${afterMs.toFixed(1)} ms`;
    return `  ${mark} ${hop.padEnd(8)} ${time.padStart(10)}  ${pc.dim(note)}`;
  });
  const reach = drill.wouldReach.length === 0 ? 'nobody' : drill.wouldReach.join(', ');
  const end =
    drill.state === 'delivered'
      ? pc.green(`delivered to "${drill.receiver}"`)
      : pc.red(drill.problem === '' ? 'not delivered' : drill.problem);
  return `${[`drill ${drill.id}`, ...lines, end, `a real alert like this would reach: ${reach}`].join('\n')}\n`;
}
