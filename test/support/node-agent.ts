import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/kit/clock.ts';
import { createLineLog } from '../../src/log/line-log.ts';
import { createNodeAgent } from '../../src/roles/node/node-agent.ts';
import { valueFlags } from '../../src/roles/node/node-flags.ts';
import { nodeSettings } from '../../src/roles/node/node-settings.ts';

/** `skopos node` in this process, on a free port; these flags besides what it has when nothing is said. */
export async function startNodeAgent(
  flags: Readonly<Record<string, string | boolean>>,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const initial: Record<string, string> = {};
  for (const flag of valueFlags) if ('initial' in flag) initial[flag.flag] = flag.initial;
  const all: Record<string, string | boolean> = { ...initial, 'web.listen-address': '127.0.0.1:0', ...flags };
  const settings = nodeSettings(
    {
      value: (flag) => all[flag] as string | undefined,
      values: (flag) => (all[flag] === undefined ? [] : [String(all[flag])]),
      isOn: (flag) => all[flag] as boolean | undefined,
    },
    '/',
  );
  const agent = await createNodeAgent({ settings, clock: systemClock, log: createLineLog('silent') });
  const address = new Promise<AddressInfo>((resolve) => {
    agent.onListening = resolve;
  });
  const controller = new AbortController();
  const run = agent.run(controller.signal);
  return {
    url: `http://127.0.0.1:${(await address).port}`,
    async stop() {
      controller.abort();
      await run;
    },
  };
}
