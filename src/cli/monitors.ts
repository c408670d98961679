import type {
  MonitorDetailJson,
  MonitorJson,
  MonitorStepJson,
  MonitorsJson,
} from '../api/skopos/contract.ts';
import { BadInputError } from '../kit/app-error.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

/** `skopos monitors`: exits 1 when what was asked for does not work. */
export const monitorsCommand: AddCommand = (program, { signal }) => {
  answering(program.command('monitors'))
    .description(
      'objects of the Prometheus operator (ServiceMonitor, PodMonitor, Probe, ScrapeConfig, PrometheusRule), and why one is not picked up',
    )
    .argument('[object]', 'ServiceMonitor/shop/cart: tell step by step; left out: list all')
    .action(async (object: string | undefined, flags: ApiFlags) => {
      if (object === undefined) {
        const found = await callApi<MonitorsJson>(flags, 'api/skopos/v1/monitors', { signal });
        tell(flags, found, listed(found));
        if (found.items.some(isBroken)) throw new CommandEnd(1);
        return;
      }
      const found = await callApi<MonitorDetailJson>(flags, `api/skopos/v1/monitors/${pathOf(object)}`, {
        signal,
      });
      tell(flags, found, told(found));
      if (found.state !== 'working') throw new CommandEnd(1);
    });
};

function pathOf(object: string): string {
  const parts = object.split('/');
  if (parts.length === 3 && parts.every((part) => part !== ''))
    return parts.map(encodeURIComponent).join('/');
  throw new BadInputError(
    'object',
    `expected Kind/namespace/name, as ServiceMonitor/shop/cart, got "${object}"`,
  );
}

function isBroken({ state }: MonitorJson): boolean {
  return state === 'invalid' || state === 'failing' || state === 'nothing-found';
}

function listed({ isConfigured, items }: MonitorsJson): string {
  if (!isConfigured)
    return 'Objects of the Prometheus operator are not looked at: set metrics.operator in skopos.yaml.\n';
  if (items.length === 0) return 'There is none of these objects.\n';
  return items
    .map((one) => {
      const what = one.kind === 'PrometheusRule' ? `${one.rules} rules` : `${one.up} of ${one.targets} up`;
      const name = `${one.kind}/${one.namespace}/${one.name}`;
      const state = colour(one.state, one.state.padEnd(13));
      return `${state}  ${name}  ${pc.dim(what)}${one.reason === '' ? '' : `\n               ${one.reason}`}\n`;
    })
    .join('');
}

function told(monitor: MonitorDetailJson): string {
  const { kind, namespace, name, state, answer, steps } = monitor;
  return [
    `${pc.bold(`${kind} ${namespace}/${name}`)}  ${colour(state, state)}`,
    answer,
    ...steps.map(stepText),
    '',
  ].join('\n');
}

const marks: Readonly<Record<MonitorStepJson['state'], string>> = {
  ok: 'yes',
  failed: 'no',
  warning: 'partly',
  unknown: 'unknown',
  waiting: 'not yet',
};

function stepText({ title, state, detail, items }: MonitorStepJson): string {
  const lines = [`  ${colour(state, marks[state].padEnd(8))} ${title} ${pc.dim(detail)}`];
  return [...lines, ...items.map((item) => `             ${pc.dim(item)}`)].join('\n');
}

function colour(state: string, text: string): string {
  if (state === 'ok' || state === 'working') return pc.green(text);
  return state === 'failed' || state === 'invalid' || state === 'failing' ? pc.red(text) : pc.yellow(text);
}
