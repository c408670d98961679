import type { AddressInfo } from 'node:net';
import { systemClock } from '../../kit/clock.ts';
import { createLineLog } from '../../log/line-log.ts';
import { createNodeAgent } from './node-agent.ts';
import { valueFlags } from './node-flags.ts';
import { type GivenFlags, nodeSettings } from './node-settings.ts';

/** For tests: flags as a command line has them, where those with a value that is usual are not given. */
export function flagsOf(given: Readonly<Record<string, string | boolean>>): GivenFlags {
  const usual = valueFlags.flatMap((flag) => ('initial' in flag ? [[flag.flag, flag.initial] as const] : []));
  const all: Readonly<Record<string, string | boolean>> = { ...Object.fromEntries(usual), ...given };
  return {
    value: (flag) => all[flag] as string | undefined,
    values: (flag) => (all[flag] === undefined ? [] : [String(all[flag])]),
    isOn: (flag) => all[flag] as boolean | undefined,
  };
}

export interface RunningNode {
  /** `http://127.0.0.1:…`, or https where it has a certificate. */
  readonly url: string;
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** For tests: a node's process within this one, on a port of its own. */
export async function startNode(given: Readonly<Record<string, string | boolean>>): Promise<RunningNode> {
  const settings = nodeSettings(flagsOf({ 'web.listen-address': '127.0.0.1:0', ...given }), '/');
  const lines: string[] = [];
  const log = createLineLog('debug', (line) => void lines.push(line));
  const agent = await createNodeAgent({ settings, clock: systemClock, log });
  const stopping = new AbortController();
  const listening = new Promise<AddressInfo>((resolve) => {
    agent.onListening = resolve;
  });
  const run = agent.run(stopping.signal);
  const { port } = await Promise.race([listening, run.then(() => Promise.reject(new Error('ended')))]);
  return {
    url: `${settings.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    lines,
    stop: async () => {
      stopping.abort();
      await run;
    },
  };
}
