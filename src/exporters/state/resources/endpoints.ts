import { created, gauge, labelsAndAnnotations, namespaced, presence } from '../families.ts';
import type { StateResource } from '../family.ts';
import { type Fields, listAt, textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/endpoint-metrics.md */
export const endpoints: StateResource = {
  resource: 'endpoints',
  identity: namespaced('endpoint'),
  families: [
    presence('kube_endpoint_info', 'That the endpoints are there.'),
    created('kube_endpoint'),
    ...labelsAndAnnotations('kube_endpoint'),
    gauge('kube_endpoint_address', 'Addresses, and whether they are ready.', (object, emit) => {
      for (const subset of listAt(object, 'subsets'))
        for (const port of listAt(subset, 'ports'))
          for (const [field, ready] of [
            ['addresses', 'true'],
            ['notReadyAddresses', 'false'],
          ] as const)
            for (const { ip } of listAt(subset, field))
              emit(1, 'ip', String(ip ?? ''), ...portLabels(port), 'ready', ready);
    }),
    gauge('kube_endpoint_ports', 'Ports of the addresses.', (object, emit) => {
      for (const subset of listAt(object, 'subsets'))
        for (const port of listAt(subset, 'ports')) emit(1, ...portLabels(port));
    }),
  ],
};

function portLabels(port: Fields): readonly string[] {
  return [
    ...['port_name', textAt(port, 'name'), 'port_protocol', textAt(port, 'protocol')],
    ...['port_number', textAt(port, 'port')],
  ];
}
