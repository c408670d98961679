import { Option } from 'commander';
import { systemClock } from '../kit/clock.ts';
import { createLineLog } from '../log/line-log.ts';
import type { LogLevel } from '../log/logger.ts';
import { collectorTable } from '../roles/node/collector-table.ts';
import { createNodeAgent } from '../roles/node/node-agent.ts';
import { switchFlags, type ValueFlag, valueFlags } from '../roles/node/node-flags.ts';
import { type GivenFlags, nodeSettings } from '../roles/node/node-settings.ts';
import type { AddCommand } from './program.ts';

/** Named here, as the module that has them loads all of the other logger. */
const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** `skopos node`: the small process on each node, until SIGTERM. It imports nothing of the rest of the program. */
export const nodeCommand: AddCommand = (program, { cwd, signal }) => {
  const command = program
    .command('node')
    .description("serve this machine's metrics, as node exporter does; one process on each node")
    .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels).default('info'));
  for (const flag of valueFlags) command.addOption(valueOption(flag));
  for (const { flag, help } of switchFlags) addSwitch(flag, help);
  for (const { name, isDefault } of collectorTable)
    addSwitch(`collector.${name}`, `the ${name} collector (${isDefault ? 'on' : 'off'})`);

  function addSwitch(flag: string, help: string): void {
    command.addOption(new Option(`--${flag}`, help)).addOption(new Option(`--no-${flag}`).hideHelp());
  }

  command.action(async () => {
    const settings = nodeSettings(givenFlags(command.opts()), cwd);
    const log = createLineLog(command.opts()['logLevel'] as LogLevel);
    const agent = await createNodeAgent({ settings, log, clock: systemClock });
    agent.onListening = ({ address, port }) =>
      log.info({ address, port, collectors: [...settings.enabled] }, 'listening');
    await agent.run(signal);
  });
};

function valueOption({ flag, placeholder, help, initial, repeats }: ValueFlag): Option {
  const option = new Option(`--${flag} <${placeholder}>`, help);
  if (repeats) option.argParser((value, all: string[] = []) => [...all, value]);
  return initial === undefined ? option : option.default(initial);
}

function givenFlags(options: Readonly<Record<string, unknown>>): GivenFlags {
  const of = (flag: string): unknown => options[new Option(`--${flag}`).attributeName()];
  return {
    value: (flag) => of(flag) as string | undefined,
    values: (flag) => (of(flag) as readonly string[] | undefined) ?? [],
    isOn: (flag) => of(flag) as boolean | undefined,
  };
}
