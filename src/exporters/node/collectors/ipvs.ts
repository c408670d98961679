import { BadInputError } from '../../../kit/app-error.ts';
import { counter, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { procNet, readLines, readTextIfAny } from '../host-files.ts';

const totals = [
  ['connections_total', 'The total number of connections made.'],
  ['incoming_packets_total', 'The total number of incoming packets.'],
  ['outgoing_packets_total', 'The total number of outgoing packets.'],
  ['incoming_bytes_total', 'The total amount of incoming data.'],
  ['outgoing_bytes_total', 'The total amount of outgoing data.'],
] as const;

interface Backend {
  readonly labels: Readonly<Record<string, string>>;
  weight: number;
  active: number;
  inactive: number;
}

/** Load balancing in the kernel, as kube-proxy may use it. Source: https://docs.kernel.org/networking/ipvs-sysctl.html */
export const ipvs: CreateCollector = ({ ipvsBackendLabels }) => ({
  name: 'ipvs',
  collect({ roots }) {
    const folder = procNet(roots.procfs);
    const text = readTextIfAny(`${folder}/ip_vs_stats`);
    if (text === undefined) throw new NoDataError('IPVS is not loaded');
    const sums = (text.split('\n')[2] ?? '')
      .trim()
      .split(/\s+/)
      .map((word) => Number.parseInt(word, 16));
    if (sums.length < totals.length || sums.some(Number.isNaN))
      throw new BadInputError('', `${folder}/ip_vs_stats has no third line of five numbers`);
    const active = gauge(
      'node_ipvs_backend_connections_active',
      'The current active connections by local and remote address.',
    );
    const inactive = gauge(
      'node_ipvs_backend_connections_inactive',
      'The current inactive connections by local and remote address.',
    );
    const weight = gauge(
      'node_ipvs_backend_weight',
      'The current backend weight by local and remote address.',
    );
    for (const backend of backends(readLines(`${folder}/ip_vs`), ipvsBackendLabels)) {
      active.add(backend.active, backend.labels);
      inactive.add(backend.inactive, backend.labels);
      weight.add(backend.weight, backend.labels);
    }
    return [
      ...totals.map(([name, help], i) => counter(`node_ipvs_${name}`, help).add(sums[i] ?? 0)),
      ...[active, inactive, weight],
    ];
  },
});

/** Those that share all labels that are told become one. */
function backends(lines: readonly string[], told: readonly string[]): Iterable<Backend> {
  const found = new Map<string, Backend>();
  let local: Record<string, string> = {};
  for (const line of lines) {
    const words = line.trim().split(/\s+/);
    const [first = '', second = '', , third = '', fourth = '', fifth = ''] = words;
    if (first === 'TCP' || first === 'UDP' || first === 'SCTP') {
      const [address, port] = addressOf(second);
      local = { proto: first, local_address: address, local_port: port, local_mark: '' };
    } else if (first === 'FWM') {
      local = { proto: first, local_address: '', local_port: '0', local_mark: second };
    } else if (first === '->' && second !== 'RemoteAddress:Port') {
      const [address, port] = addressOf(second);
      const all: Record<string, string> = { ...local, remote_address: address, remote_port: port };
      const labels = Object.fromEntries(told.map((label) => [label, all[label] ?? '']));
      const key = JSON.stringify(labels);
      const backend = found.get(key) ?? { labels, weight: 0, active: 0, inactive: 0 };
      backend.weight += Number(third);
      backend.active += Number(fourth);
      backend.inactive += Number(fifth);
      found.set(key, backend);
    }
  }
  return found.values();
}

/** `C0A80016:0CEA`, or `[2620:0000:…]:0050`. */
function addressOf(text: string): [string, string] {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at);
  const port = String(Number.parseInt(text.slice(at + 1), 16));
  if (host.startsWith('[')) return [new URL(`http://${host}`).hostname.slice(1, -1), port];
  const bytes = host.match(/../g) ?? [];
  return [bytes.map((byte) => Number.parseInt(byte, 16)).join('.'), port];
}
