import { created, deletionTimestamp, gauge, labelsAndAnnotations, namespacedWithUid } from '../families.ts';
import type { StateResource } from '../family.ts';
import { listAt, textAt, textsAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/service-metrics.md */
export const services: StateResource = {
  resource: 'services',
  identity: namespacedWithUid('service'),
  families: [
    ...labelsAndAnnotations('kube_service'),
    gauge('kube_service_info', 'How the service is reached.', (service, emit) =>
      emit(
        1,
        ...['cluster_ip', textAt(service, 'spec', 'clusterIP')],
        ...['external_name', textAt(service, 'spec', 'externalName')],
        ...['external_traffic_policy', textAt(service, 'spec', 'externalTrafficPolicy')],
        ...['load_balancer_ip', textAt(service, 'spec', 'loadBalancerIP')],
      ),
    ),
    created('kube_service'),
    deletionTimestamp('kube_service'),
    gauge('kube_service_spec_type', 'The type of the service.', (service, emit) =>
      emit(1, 'type', textAt(service, 'spec', 'type')),
    ),
    gauge('kube_service_spec_external_ip', 'Addresses of nodes that the service takes.', (service, emit) => {
      for (const ip of textsAt(service, 'spec', 'externalIPs')) emit(1, 'external_ip', ip);
    }),
    gauge('kube_service_status_load_balancer_ingress', 'Where the load balancer is.', (service, emit) => {
      for (const ingress of listAt(service, 'status', 'loadBalancer', 'ingress'))
        emit(1, 'ip', textAt(ingress, 'ip'), 'hostname', textAt(ingress, 'hostname'));
    }),
  ],
};
