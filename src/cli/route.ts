import type { RouteJson, RouteTestJson } from '../api/skopos/contract.ts';
import { formatDuration } from '../kit/duration.ts';
import { callApi } from './api-client.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags {
  readonly url: string;
  readonly token?: string;
  readonly json?: true;
}

/** `skopos route test` and `skopos route show`. */
export const routeCommand: AddCommand = (program, { signal }) => {
  const route = program.command('route').description('where alerts go');
  const shared = (name: string, description: string) =>
    route
      .command(name)
      .description(description)
      .option('--url <address>', 'where Skopos runs', 'http://127.0.0.1:9600')
      .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
      .option('--json', 'print the answer as JSON');

  shared('test', 'which receivers an alert with these labels would reach, and by which path')
    .argument('<labels...>', 'such as alertname=New severity=critical')
    .action(async (labels: readonly string[], flags: Flags) => {
      const found = await callApi<RouteTestJson>(flags, 'api/skopos/v1/routes/test', {
        method: 'POST',
        body: { labels: labels.join(',') },
        signal,
      });
      process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : testReport(found));
      if (found.receivers.length === 0) throw new CommandEnd(1);
    });

  shared('show', 'the tree of routes').action(async (flags: Flags) => {
    const root = await callApi<RouteJson>(flags, 'api/skopos/v1/routes', { signal });
    process.stdout.write(flags.json ? `${JSON.stringify(root)}\n` : `${tree(root, '', '').join('\n')}\n`);
  });
};

function testReport({ receivers, ends, silencedBy, inhibitedBy }: RouteTestJson): string {
  const lines = ends.flatMap((end) => [
    `${pc.bold(end.receiver)}${end.mutedBy.length === 0 ? '' : pc.yellow(` muted now by ${end.mutedBy.join(', ')}`)}`,
    `  ${end.matchers.join(pc.dim(' → '))}`,
    pc.dim(
      `  waits ${formatDuration(end.groupWaitMs)}, then every ${formatDuration(end.groupIntervalMs)}, repeated after ${formatDuration(end.repeatIntervalMs)}`,
    ),
  ]);
  const held = [
    ...silencedBy.map((id) => `silenced now by ${id}`),
    ...inhibitedBy.map((id) => `inhibited now by alert ${id}`),
  ].map((text) => pc.yellow(text));
  const none = receivers.length === 0 ? ['no receiver'] : [];
  return `${[...none, ...lines, ...held].join('\n')}\n`;
}

function tree(route: RouteJson, indent: string, branch: string): string[] {
  const muted = route.mutedBy.length === 0 ? '' : pc.yellow(` muted now by ${route.mutedBy.join(', ')}`);
  const on = route.continue ? pc.dim(' continues') : '';
  const firing = route.alerts === 0 ? '' : pc.dim(` ${route.alerts} firing`);
  const below = indent + (branch === '' ? '' : branch === '└─ ' ? '   ' : '│  ');
  return [
    `${indent}${branch}${route.matchers} → ${pc.bold(route.receiver)}${on}${firing}${muted}`,
    ...route.routes.flatMap((child, i) => tree(child, below, i === route.routes.length - 1 ? '└─ ' : '├─ ')),
  ];
}
