import { created, gauge, labelsAndAnnotations, namespaced, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';
import { at, type Fields, fieldsAt, hasAt, listAt, textAt, textsAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/ingress-metrics.md */
export const ingresses: StateResource = {
  resource: 'ingresses',
  identity: namespaced('ingress'),
  families: [
    gauge('kube_ingress_info', 'Who serves the ingress.', (ingress, emit) => {
      const old = fieldsAt(ingress, 'metadata', 'annotations')['kubernetes.io/ingress.class'];
      const named = at(ingress, 'spec', 'ingressClassName');
      emit(1, 'ingressclass', String(old ?? named ?? '_default'));
    }),
    ...labelsAndAnnotations('kube_ingress'),
    created('kube_ingress'),
    resourceVersion('kube_ingress'),
    gauge('kube_ingress_path', 'Where requests of a host and path go.', (ingress, emit) => {
      for (const rule of listAt(ingress, 'spec', 'rules'))
        for (const path of listAt(rule, 'http', 'paths'))
          emit(
            1,
            ...['host', textAt(rule, 'host'), 'path', textAt(path, 'path')],
            ...['path_type', textAt(path, 'pathType')],
            ...backendOf(path),
          );
    }),
    gauge('kube_ingress_tls', 'Secrets with certificates of hosts.', (ingress, emit) => {
      for (const tls of listAt(ingress, 'spec', 'tls'))
        for (const host of textsAt(tls, 'hosts'))
          emit(1, 'tls_host', host, 'secret', textAt(tls, 'secretName'));
    }),
  ],
};

function backendOf(path: Fields): readonly string[] {
  if (hasAt(path, 'backend', 'service'))
    return [
      ...['service_name', textAt(path, 'backend', 'service', 'name')],
      // A port that goes by its name has no number.
      ...['service_port', textAt(path, 'backend', 'service', 'port', 'number') || '0'],
    ];
  return [
    ...['resource_api_group', textAt(path, 'backend', 'resource', 'apiGroup')],
    ...['resource_kind', textAt(path, 'backend', 'resource', 'kind')],
    ...['resource_name', textAt(path, 'backend', 'resource', 'name')],
  ];
}
