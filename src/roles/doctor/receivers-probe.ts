import { connect } from 'node:net';
import type { ReceiverConfig } from '../../alerting/config/alerting-config.ts';
import { deliveryEndpoint } from '../../alerting/delivery-endpoint.ts';
import type { DoctorCheckJson, DoctorItemJson } from '../../api/skopos/doctor-contract.ts';
import { messageOf } from '../../kit/app-error.ts';
import { type Probe, worstOf } from './doctor.ts';

const connectMs = 5000;

/** Whether what each receiver sends to can be reached. A connection is made and closed; nothing is sent. */
export function receiversProbe(receivers: () => readonly ReceiverConfig[]): Probe {
  return {
    id: 'receivers',
    title: 'Receivers',
    async run(signal) {
      return await Promise.all(receivers().map((receiver) => checkReceiver(receiver, signal)));
    },
  };
}

async function checkReceiver(
  { name, integrations }: ReceiverConfig,
  signal: AbortSignal,
): Promise<DoctorCheckJson> {
  const check = { id: `receiver:${name}`, title: `Receiver ${name}` };
  if (integrations.length === 0)
    return {
      ...check,
      state: 'warn',
      message: 'it has no integrations: what is routed to it reaches nobody',
      advice: 'Give it a `…_configs` section, or take the routes that lead to it away if that is meant.',
    };
  const items = await Promise.all(
    integrations.map(async (integration): Promise<DoctorItemJson> => {
      const { kind, index } = integration;
      const label = `${kind.name}[${index}]`;
      try {
        return { name: label, ...(await reach(integration, signal)) };
      } catch (error) {
        return { name: label, state: 'fail', message: messageOf(error) };
      }
    }),
  );
  const state = worstOf(items);
  const [worst] = items.filter((item) => item.state === state);
  return {
    ...check,
    state,
    message: state === 'ok' ? items.map(({ message }) => message).join('; ') : (worst?.message ?? ''),
    advice:
      state === 'fail'
        ? 'Look at the address, the name service, and what may leave this machine or pod (firewalls, network policies, proxies).'
        : state === 'unknown'
          ? `\`skopos drill --receiver '${name}'\` sends a marked message and shows whether it arrives.`
          : '',
    ...(items.length > 1 ? { items } : {}),
  };
}

async function reach(
  integration: ReceiverConfig['integrations'][number],
  signal: AbortSignal,
): Promise<Omit<DoctorItemJson, 'name'>> {
  const endpoint = await deliveryEndpoint(integration);
  if (endpoint.kind === 'own') return { state: 'ok', message: 'told in the pages of this process' };
  if (endpoint.kind === 'unknown') return { state: 'unknown', message: endpoint.reason };
  const { host, port, isProxy } = endpoint;
  const where = `${isProxy ? 'its proxy ' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`;
  const problem = await connectProblem(host, port, signal);
  return problem === ''
    ? { state: 'ok', message: `${where} takes connections` }
    : { state: 'fail', message: `cannot connect to ${where}: ${problem}` };
}

/** Why no connection can be made; '' when one can. Not longer than {@link connectMs}. */
export async function connectProblem(host: string, port: number, signal: AbortSignal): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, signal, timeout: connectMs });
    const end = (problem: string): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end(''));
    socket.once('timeout', () => end(`no answer within ${connectMs / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasonOf(error)));
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'it refuses connections';
    case 'ENOTFOUND':
      return 'the name does not resolve';
    case 'EAI_AGAIN':
      return 'the name service does not answer';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it';
    default:
      return error.code ?? error.message;
  }
}
