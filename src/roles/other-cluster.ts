import { readFileSync } from 'node:fs';
import type { KubernetesSdConfig } from '../discovery/config/kubernetes-sd-config.ts';
import type { OtherCluster } from '../discovery/kubernetes/kubernetes-kind.ts';
import { ClusterSource } from '../inventory/cluster/cluster-source.ts';
import type { WatchedKind } from '../inventory/cluster/kinds.ts';
import { Inventory } from '../inventory/inventory.ts';
import type { Clock } from '../kit/clock.ts';
import type { KubeAccess } from '../kube/access.ts';
import type { AccessChoice } from '../kube/load-access.ts';
import type { Logger } from '../log/logger.ts';

/** Kept parsed; a section goes through all objects once, and then asks for few. */
const parsedObjects = 64;

/** The objects of the cluster that a section names by `api_server` or `kubeconfig_file`, read for that section alone. */
export function otherCluster(
  config: KubernetesSdConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): OtherCluster {
  const inventory = new Inventory({
    cluster: config.api_server || config.kubeconfig_file,
    clock,
    log,
    parsedObjects,
  });
  const source = new ClusterSource({
    access: accessOf(config),
    inventory,
    clock,
    log,
    keepAddresses: true,
    kinds: kindsOf(config),
  });
  return {
    objects: inventory,
    run: (signal) => source.run(signal),
    problem() {
      const { state, message } = source.status();
      return state === 'ok' || state === 'starting' ? '' : message;
    },
    onChange: (listener) => source.onChange(listener),
  };
}

const core = (kind: string): WatchedKind => ({ group: '', kind });

/** What the role lists, and what its targets are told about besides. */
function kindsOf({ role, attach_metadata: attached }: KubernetesSdConfig): readonly WatchedKind[] {
  const pods = [
    core('Pod'),
    ...(attached.deployment ? [{ group: 'apps', kind: 'ReplicaSet' }] : []),
    ...(attached.cronjob ? [{ group: 'batch', kind: 'Job' }] : []),
  ];
  const around = [
    ...(attached.node ? [core('Node')] : []),
    ...(attached.namespace ? [core('Namespace')] : []),
  ];
  switch (role) {
    case 'node':
      return [core('Node')];
    case 'service':
      return [core('Service'), ...around];
    case 'ingress':
      return [{ group: 'networking.k8s.io', kind: 'Ingress' }, ...around];
    case 'pod':
      return [...pods, ...around];
    case 'endpoints':
      return [core('Endpoints'), core('Service'), ...pods, ...around];
    case 'endpointslice':
      return [{ group: 'discovery.k8s.io', kind: 'EndpointSlice' }, core('Service'), ...pods, ...around];
  }
}

function accessOf(config: KubernetesSdConfig): AccessChoice {
  if (config.kubeconfig_file !== '') return { kubeconfig: config.kubeconfig_file };
  return { access: serverAccess(config) };
}

/** An API server by its address and the HTTP settings of the section; files are read anew for each request. */
function serverAccess(config: KubernetesSdConfig): KubeAccess {
  const server = (config.api_server ?? '').replace(/\/+$/, '');
  const { tls_config: tls } = config;
  const ca = tls?.ca ?? fileText(tls?.ca_file);
  return {
    name: server,
    server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(tls?.server_name ? { serverName: tls.server_name } : {}),
      insecure: tls?.insecure_skip_verify ?? false,
    },
    async credentials() {
      const authorization = authorizationOf(config);
      const certificate = tls?.cert ?? fileText(tls?.cert_file);
      const key = tls?.key?.reveal() ?? fileText(tls?.key_file);
      return {
        ...(authorization === undefined ? {} : { authorization }),
        ...(certificate === undefined ? {} : { certificate }),
        ...(key === undefined ? {} : { key }),
      };
    },
  };
}

function authorizationOf(config: KubernetesSdConfig): string | undefined {
  const { basic_auth: basic, authorization } = config;
  if (basic) {
    const name = basic.username ?? fileText(basic.username_file)?.trim() ?? '';
    const password = basic.password?.reveal() ?? fileText(basic.password_file)?.trim() ?? '';
    return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  }
  const token =
    authorization?.credentials?.reveal() ??
    config.bearer_token?.reveal() ??
    fileText(authorization?.credentials_file ?? config.bearer_token_file)?.trim();
  return token === undefined ? undefined : `${authorization?.type?.trim() || 'Bearer'} ${token}`;
}

/** @throws when the file cannot be read, which is said as the reason that the cluster cannot be. */
function fileText(path: string | null | undefined): string | undefined {
  return path ? readFileSync(path, 'utf8') : undefined;
}
