import type { KubeObject } from '../../model/object.ts';
import { counted, type ExplainStep, nameOf, type ObjectView, step } from './explain-step.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A port of a monitor's endpoint, as it is chosen. */
export interface WantedPort {
  readonly name: string;
  /** Of the container, instead of a name. */
  readonly target: string | number;
}

/** What is behind a Service: addresses, and the names of their ports. */
interface Behind {
  readonly isKnown: boolean;
  readonly ready: number;
  readonly notReady: number;
  readonly ports: readonly string[];
}

/** Whether the Services have addresses that are ready, and whether the ports that are wanted are among theirs. */
export function explainServices(
  view: ObjectView,
  services: readonly KubeObject[],
  role: string,
  wanted: readonly WantedPort[],
): readonly ExplainStep[] {
  const found = services.map((service) => ({ service, behind: behindOf(view, service, role) }));
  const known = found.filter(({ behind }) => behind.isKnown);
  const kind = role === 'endpointslice' ? 'EndpointSlice' : 'Endpoints';
  const title = 'Are there addresses behind it?';
  if (known.length === 0)
    return [
      step(
        'endpoints',
        title,
        [...view.each(kind)].length === 0 ? 'unknown' : 'failed',
        [...view.each(kind)].length === 0
          ? `no ${kind} are known: a folder of manifests has none, and a cluster's are read once metrics.operator or kubernetes_sd_configs is set at the start`
          : `there are no ${kind} for ${found.map(({ service }) => nameOf(service)).join(', ')}`,
      ),
    ];
  const ready = known.reduce((sum, { behind }) => sum + behind.ready, 0);
  const notReady = known.reduce((sum, { behind }) => sum + behind.notReady, 0);
  const items = found.map(({ service, behind }) =>
    behind.isKnown
      ? `${nameOf(service)}: ${behind.ready} ready, ${behind.notReady} not ready`
      : `${nameOf(service)}: no ${kind}`,
  );
  const addresses = step(
    'endpoints',
    title,
    ready > 0 ? 'ok' : notReady > 0 ? 'warning' : 'failed',
    ready + notReady === 0
      ? 'none: no pod has the labels that the Service selects'
      : `${counted(ready, 'address').replace(/addresss$/, 'addresses')} ready, ${notReady} not ready`,
    items,
  );
  const have = [...new Set(known.flatMap(({ behind }) => behind.ports))].sort();
  return [addresses, ...wanted.map((port, index) => portStep(port, index, have))];
}

/** Whether containers of the pods have the ports that are wanted. */
export function explainPodPorts(
  pods: readonly KubeObject[],
  wanted: readonly WantedPort[],
): readonly ExplainStep[] {
  const ports = pods
    .flatMap((pod) => listOf(fields(pod['spec'])['containers']))
    .flatMap((container) => listOf(container['ports']));
  const have = [...new Set(ports.map((port) => text(port['name'])).filter((name) => name !== ''))].sort();
  const numbers = [...new Set(ports.map((port) => text(port['containerPort'])))].sort();
  return wanted.map((port, index) =>
    typeof port.target === 'number'
      ? portStep({ name: String(port.target), target: '' }, index, numbers)
      : portStep({ name: port.name || port.target, target: '' }, index, have),
  );
}

function portStep({ name, target }: WantedPort, index: number, have: readonly string[]): ExplainStep {
  const title = `Is there the port of endpoint ${index}?`;
  if (name === '')
    return target === ''
      ? step('port', title, 'ok', 'no port is named, so each is taken')
      : step(
          'port',
          title,
          'ok',
          `it is the container port ${target}; the targets below tell whether it is there`,
        );
  return have.includes(name)
    ? step('port', title, 'ok', `"${name}" is there`)
    : step(
        'port',
        title,
        'failed',
        `there is no port "${name}"; there ${have.length === 0 ? 'is none with a name' : `are ${have.join(', ')}`}`,
      );
}

function behindOf(view: ObjectView, service: KubeObject, role: string): Behind {
  const namespace = service.metadata.namespace ?? 'default';
  if (role !== 'endpointslice') {
    const object = view.get('Endpoints', namespace, service.metadata.name);
    const subsets = listOf(object?.['subsets']);
    return {
      isKnown: object !== undefined,
      ready: subsets.reduce((sum, subset) => sum + listOf(subset['addresses']).length, 0),
      notReady: subsets.reduce((sum, subset) => sum + listOf(subset['notReadyAddresses']).length, 0),
      ports: subsets.flatMap((subset) => listOf(subset['ports']).map((port) => text(port['name']))),
    };
  }
  const slices = [...view.each('EndpointSlice', namespace)].filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
  );
  const endpoints = slices.flatMap((slice) => listOf(slice['endpoints']));
  const isReady = (endpoint: Fields): boolean => fields(endpoint['conditions'])['ready'] !== false;
  return {
    isKnown: slices.length > 0,
    ready: endpoints.filter(isReady).length,
    notReady: endpoints.filter((endpoint) => !isReady(endpoint)).length,
    ports: slices.flatMap((slice) => listOf(slice['ports']).map((port) => text(port['name']))),
  };
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
