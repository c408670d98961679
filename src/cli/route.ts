import type { RouteJson, RouteTestJson } from '../api/skopos/contract.ts';
import { formatDuration } from '../kit/duration.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

/** `skopos route test` and `skopos route show`. */
export const routeCommand: AddCommand = (program, { signal }) => {
  const route = program.command('route').description('where alerts go');
  const shared = (name: string, description: string) =>
    answering(route.command(name).description(description));

  shared('test', 'which receivers an alert with these labels would reach, and by which path')
    .argument('<labels...>', 'such as alertname=New severity=critical')
    .action(async (labels: readonly string[], flags: ApiFlags) => {
      const found = await callApi<RouteTestJson>(flags, 'api/skopos/v1/routes/test', {
        method: 'POST',
        body: { labels: labels.join(',') },
        signal,
      });
      tell(flags, found, testReport(found));
      if (found.receivers.length === 0) throw new CommandEnd(1);
    });

  shared('show', 'the tree of routes').action(async (flags: ApiFlags) => {
    const root = await callApi<RouteJson>(flags, 'api/skopos/v1/routes', { signal });
    tell(flags, root, `${tree(root, '', '').join('\n')}\n`);
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
