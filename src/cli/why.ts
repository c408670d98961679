import type { AlertDetailJson, LedgerRowJson, WhyJson } from '../api/skopos/contract.ts';
import { formatDuration } from '../kit/duration.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

/** `skopos why`: exits 1 when nothing is known of the alert. */
export const whyCommand: AddCommand = (program, { signal }) => {
  answering(program.command('why'))
    .description('why somebody was told of an alert, or why nobody was: its whole life, step by step')
    .argument(
      '<alert>',
      'labels such as \'alertname="New",namespace="shop"\', a name, a fingerprint, or a cause',
    )
    .action(async (alert: string, flags: ApiFlags) => {
      const found = await callApi<WhyJson>(flags, `api/skopos/v1/why?alert=${encodeURIComponent(alert)}`, {
        signal,
      });
      tell(flags, found, report(found));
      if (found.items.length === 0) throw new CommandEnd(1);
    });
};

function report({ items, total, answer }: WhyJson): string {
  if (items.length === 0) return `${answer}\n`;
  const more = total > items.length ? `\n… and ${total - items.length} more: name more labels\n` : '';
  return `${items.map(story).join('\n')}${more}`;
}

function story(alert: AlertDetailJson): string {
  const labels = Object.entries(alert.labels)
    .filter(([name]) => name !== 'alertname')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const value = alert.values?.at(-1);
  const lines = [
    `${pc.bold(alert.name)} ${alert.state}  ${pc.dim(alert.fingerprint)}`,
    pc.dim(labels),
    alert.answer,
    ...(alert.rule === undefined
      ? []
      : [
          `rule ${alert.rule.name}: ${alert.rule.expr}${alert.rule.forMs === 0 ? '' : ` for ${formatDuration(alert.rule.forMs)}`}`,
          ...(value === undefined ? [] : [`its value at ${time(value[0])}: ${value[1]}`]),
        ]),
    ...alert.ledger.map(step),
  ];
  return `${lines.join('\n')}\n`;
}

function step({ atMs, hop, decision, subject, detail }: LedgerRowJson): string {
  const facts = [
    'receiver',
    'integration',
    'by',
    'why',
    'reason',
    'waitsFor',
    'note',
    'problem',
    'object',
    'name',
  ]
    .map((name) => detail[name])
    .filter((value) => value !== undefined && value !== '')
    .map((value) => (Array.isArray(value) ? value.join(', ') : String(value)));
  const what = facts.length === 0 ? subject : [...new Set(facts)].join(' · ');
  return `  ${time(atMs)}  ${hop.padEnd(8)} ${decision.padEnd(12)} ${pc.dim(what)}`;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '');
}
