import { created, gauge, labelsAndAnnotations, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';
import { listAt, textAt, textsAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/endpointslice-metrics.md */
export const endpointslices: StateResource = {
  resource: 'endpointslices',
  identity: namespaced('endpointslice'),
  families: [
    gauge('kube_endpointslice_info', 'What kind of addresses the slice has.', (slice, emit) =>
      emit(1, 'addresstype', textAt(slice, 'addressType')),
    ),
    created('kube_endpointslice'),
    gauge('kube_endpointslice_endpoints_hints', 'Zones that an address is meant for.', (slice, emit) => {
      for (const endpoint of listAt(slice, 'endpoints'))
        for (const zone of listAt(endpoint, 'hints', 'forZones'))
          emit(1, 'address', textsAt(endpoint, 'addresses')[0] ?? '', 'for_zone', textAt(zone, 'name'));
    }),
    gauge('kube_endpointslice_endpoints', 'Addresses, and how they fare.', (slice, emit) => {
      for (const endpoint of listAt(slice, 'endpoints'))
        for (const address of textsAt(endpoint, 'addresses'))
          emit(
            1,
            ...['ready', textAt(endpoint, 'conditions', 'ready')],
            ...['serving', textAt(endpoint, 'conditions', 'serving')],
            ...['terminating', textAt(endpoint, 'conditions', 'terminating')],
            ...['hostname', textAt(endpoint, 'hostname')],
            ...['targetref_kind', textAt(endpoint, 'targetRef', 'kind')],
            ...['targetref_name', textAt(endpoint, 'targetRef', 'name')],
            ...['targetref_namespace', textAt(endpoint, 'targetRef', 'namespace')],
            // Documented as the first, and named as the second.
            ...['nodename', textAt(endpoint, 'nodeName'), 'endpoint_nodename', textAt(endpoint, 'nodeName')],
            ...['endpoint_zone', textAt(endpoint, 'zone'), 'address', address],
          );
    }),
    gauge('kube_endpointslice_ports', 'Ports of the addresses.', (slice, emit) => {
      for (const port of listAt(slice, 'ports'))
        emit(
          1,
          ...['port_name', textAt(port, 'name'), 'port_protocol', textAt(port, 'protocol')],
          ...['port_number', textAt(port, 'port')],
        );
    }),
    ...labelsAndAnnotations('kube_endpointslice'),
  ],
};
