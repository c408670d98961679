import { describe, expect, it } from 'vitest';
import { seriesOf } from '../testing.ts';

const metadata = {
  name: 'a',
  namespace: 'n',
  uid: 'u',
  creationTimestamp: '2026-01-01T00:00:00Z',
  resourceVersion: '42',
};
const of = (resource: string, object: object, part: string) =>
  seriesOf(resource, { metadata, ...object }, part);

describe('a node', () => {
  const node = {
    metadata: { name: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '', app: 'x' } },
    spec: {
      podCIDR: '10.0.0.0/24',
      podCIDRs: ['10.0.0.0/24', 'fd00::/64'],
      taints: [{ key: 'k', effect: 'NoSchedule' }],
      unschedulable: true,
    },
    status: {
      nodeInfo: { kernelVersion: '6.1', osImage: 'Debian', kubeletVersion: 'v1.35.0', systemUUID: 's' },
      addresses: [
        { type: 'InternalIP', address: '10.1.0.1' },
        { type: 'Hostname', address: 'n1' },
      ],
      capacity: { cpu: '4', memory: '8Gi', pods: '110', 'attachable-volumes-csi-x': '9', odd: '1' },
      conditions: [{ type: 'Ready', status: 'Unknown' }],
    },
  };

  it('tells what it runs, has and is', () => {
    const lines = (part: string) => seriesOf('nodes', node, part);
    expect(lines('node_info')).toEqual([
      'kube_node_info{node="n1",kernel_version="6.1",os_image="Debian",container_runtime_version="",kubelet_version="v1.35.0",kubeproxy_version="deprecated",provider_id="",pod_cidr="10.0.0.0/24",system_uuid="s",internal_ip="10.1.0.1"} 1',
    ]);
    expect(lines('capacity')).toEqual([
      'kube_node_status_capacity{node="n1",resource="attachable_volumes_csi_x",unit="byte"} 9',
      'kube_node_status_capacity{node="n1",resource="cpu",unit="core"} 4',
      'kube_node_status_capacity{node="n1",resource="memory",unit="byte"} 8589934592',
      'kube_node_status_capacity{node="n1",resource="pods",unit="integer"} 110',
    ]);
    expect(lines('condition')).toEqual([
      'kube_node_status_condition{node="n1",condition="Ready",status="false"} 0',
      'kube_node_status_condition{node="n1",condition="Ready",status="true"} 0',
      'kube_node_status_condition{node="n1",condition="Ready",status="unknown"} 1',
    ]);
    expect(lines('role')).toEqual(['kube_node_role{node="n1",role="control-plane"} 1']);
    expect(lines('kube_node_spec')).toEqual([
      'kube_node_spec_pod_cidrs{node="n1",pod_cidr="10.0.0.0/24"} 1',
      'kube_node_spec_pod_cidrs{node="n1",pod_cidr="fd00::/64"} 1',
      'kube_node_spec_taint{node="n1",key="k",value="",effect="NoSchedule"} 1',
      'kube_node_spec_unschedulable{node="n1"} 1',
    ]);
  });
});

describe('what is in a namespace', () => {
  it('services are told with where they are reached', () => {
    const id = 'namespace="n",service="a",uid="u"';
    const service = {
      spec: { type: 'LoadBalancer', clusterIP: '10.0.0.9', externalIPs: ['1.2.3.4'] },
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
    };
    expect(of('services', service, 'service_')).toEqual([
      `kube_service_created{${id}} 1767225600`,
      `kube_service_info{${id},cluster_ip="10.0.0.9",external_name="",external_traffic_policy="",load_balancer_ip=""} 1`,
      `kube_service_spec_external_ip{${id},external_ip="1.2.3.4"} 1`,
      `kube_service_spec_type{${id},type="LoadBalancer"} 1`,
      `kube_service_status_load_balancer_ingress{${id},ip="",hostname="lb.example.com"} 1`,
    ]);
  });

  it('ingresses are told with paths, hosts and their class', () => {
    const id = 'namespace="n",ingress="a"';
    const service = (port: object) => ({ service: { name: 'web', port } });
    const paths = [
      { path: '/', pathType: 'Prefix', backend: service({ number: 80 }) },
      { path: '/named', backend: service({ name: 'http' }) },
      { path: '/files', backend: { resource: { apiGroup: 'x.io', kind: 'Bucket', name: 'b' } } },
    ];
    const spec = {
      rules: [{ host: 'h', http: { paths } }, { host: 'none' }],
      tls: [{ hosts: ['h', 'i'], secretName: 's' }],
    };
    expect(of('ingresses', { spec }, 'path')).toEqual([
      `kube_ingress_path{${id},host="h",path="/",path_type="Prefix",service_name="web",service_port="80"} 1`,
      `kube_ingress_path{${id},host="h",path="/files",path_type="",resource_api_group="x.io",resource_kind="Bucket",resource_name="b"} 1`,
      `kube_ingress_path{${id},host="h",path="/named",path_type="",service_name="web",service_port="0"} 1`,
    ]);
    expect(of('ingresses', { spec }, 'tls')).toEqual([
      `kube_ingress_tls{${id},tls_host="h",secret="s"} 1`,
      `kube_ingress_tls{${id},tls_host="i",secret="s"} 1`,
    ]);
    expect(of('ingresses', { spec }, 'info')).toEqual([`kube_ingress_info{${id},ingressclass="_default"} 1`]);
    expect(of('ingresses', { spec: { ingressClassName: 'nginx' } }, 'info')[0]).toContain(
      'ingressclass="nginx"',
    );
  });

  it('endpoint slices are told address by address, ports without a number too', () => {
    const id = 'namespace="n",endpointslice="a"';
    const slice = {
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          conditions: { ready: true, terminating: false },
          nodeName: 'n1',
          zone: 'west',
          targetRef: { kind: 'Pod', name: 'p', namespace: 'n' },
          hints: { forZones: [{ name: 'west' }] },
        },
      ],
      ports: [{ name: '', protocol: 'TCP' }],
    };
    expect(of('endpointslices', slice, 'endpointslice_')).toEqual([
      `kube_endpointslice_created{${id}} 1767225600`,
      `kube_endpointslice_endpoints_hints{${id},address="10.0.0.1",for_zone="west"} 1`,
      `kube_endpointslice_endpoints{${id},ready="true",serving="",terminating="false",hostname="",targetref_kind="Pod",targetref_name="p",targetref_namespace="n",nodename="n1",endpoint_nodename="n1",endpoint_zone="west",address="10.0.0.1"} 1`,
      `kube_endpointslice_info{${id},addresstype="IPv4"} 1`,
      `kube_endpointslice_ports{${id},port_name="",port_protocol="TCP",port_number=""} 1`,
    ]);
  });

  it('endpoints are told address by address and port', () => {
    const id = 'namespace="n",endpoint="a"';
    const subsets = [
      {
        addresses: [{ ip: '1.1.1.1' }],
        notReadyAddresses: [{ ip: '2.2.2.2' }],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ];
    const port = 'port_name="http",port_protocol="TCP",port_number="80"';
    expect(of('endpoints', { subsets }, 'endpoint_address')).toEqual([
      `kube_endpoint_address{${id},ip="1.1.1.1",${port},ready="true"} 1`,
      `kube_endpoint_address{${id},ip="2.2.2.2",${port},ready="false"} 1`,
    ]);
    expect(of('endpoints', { subsets }, 'ports')).toEqual([`kube_endpoint_ports{${id},${port}} 1`]);
  });

  it('quotas and limits are told by resource', () => {
    const quota = { status: { hard: { cpu: '10', pods: '5' }, used: { cpu: '250m' } } };
    expect(of('resourcequotas', quota, 'kube_resourcequota')).toEqual([
      'kube_resourcequota_created{namespace="n",resourcequota="a"} 1767225600',
      'kube_resourcequota{namespace="n",resourcequota="a",resource="cpu",type="hard"} 10',
      'kube_resourcequota{namespace="n",resourcequota="a",resource="cpu",type="used"} 0.25',
      'kube_resourcequota{namespace="n",resourcequota="a",resource="pods",type="hard"} 5',
    ]);
    const limits = [{ type: 'Container', default: { cpu: '1' }, maxLimitRequestRatio: { memory: '2' } }];
    expect(of('limitranges', { spec: { limits } }, 'limitrange')).toEqual([
      'kube_limitrange_created{namespace="n",limitrange="a"} 1767225600',
      'kube_limitrange{namespace="n",limitrange="a",resource="cpu",type="Container",constraint="default"} 1',
      'kube_limitrange{namespace="n",limitrange="a",resource="memory",type="Container",constraint="maxLimitRequestRatio"} 2',
    ]);
  });

  it('claims are told by class, volume, phase and condition', () => {
    const id = 'namespace="n",persistentvolumeclaim="a"';
    const claim = {
      spec: {
        storageClassName: 'fast',
        volumeName: 'pv1',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '5Gi' } },
      },
      status: { phase: 'Bound', conditions: [{ type: 'Resizing', status: 'True' }] },
    };
    expect(of('persistentvolumeclaims', claim, 'claim_info')).toEqual([
      `kube_persistentvolumeclaim_info{${id},storageclass="fast",volumename="pv1",volumemode=""} 1`,
    ]);
    expect(of('persistentvolumeclaims', claim, 'requests')).toEqual([
      `kube_persistentvolumeclaim_resource_requests_storage_bytes{${id}} 5368709120`,
    ]);
    expect(of('persistentvolumeclaims', claim, 'condition').at(1)).toBe(
      `kube_persistentvolumeclaim_status_condition{${id},condition="Resizing",type="Resizing",status="true"} 1`,
    );
    expect(of('persistentvolumeclaims', {}, 'phase')).toEqual([]);
  });

  it('secrets are told by type only where the type is known', () => {
    expect(of('secrets', { type: 'Opaque' }, 'type')).toEqual([
      'kube_secret_type{namespace="n",secret="a",type="Opaque"} 1',
    ]);
    expect(of('secrets', {}, 'type')).toEqual([]);
    expect(of('secrets', {}, 'version')).toEqual([
      'kube_secret_metadata_resource_version{namespace="n",secret="a"} 42',
    ]);
  });

  it('service accounts are told with what their pods get', () => {
    const id = 'namespace="n",serviceaccount="a",uid="u"';
    const account = {
      automountServiceAccountToken: false,
      secrets: [{ name: 's' }],
      imagePullSecrets: [{ name: 'p' }],
    };
    expect(of('serviceaccounts', account, 'serviceaccount_')).toEqual([
      `kube_serviceaccount_created{${id}} 1767225600`,
      `kube_serviceaccount_image_pull_secret{${id},name="p"} 1`,
      `kube_serviceaccount_info{${id},automount_token="false"} 1`,
      `kube_serviceaccount_secret{${id},name="s"} 1`,
    ]);
    expect(of('serviceaccounts', {}, 'info')).toEqual([`kube_serviceaccount_info{${id}} 1`]);
  });

  it('leases are told with who holds them', () => {
    const lease = { spec: { holderIdentity: 'n1', renewTime: '2026-01-01T00:00:01.123456Z' } };
    expect(of('leases', lease, 'lease')).toEqual([
      'kube_lease_owner{namespace="n",lease="a",owner_kind="",owner_name="",lease_holder="n1"} 1',
      'kube_lease_renew_time{namespace="n",lease="a"} 1767225601',
    ]);
  });

  it('network policies and budgets are told by number', () => {
    expect(of('networkpolicies', { spec: { ingress: [{}, {}] } }, 'rules')).toEqual([
      'kube_networkpolicy_spec_egress_rules{namespace="n",networkpolicy="a"} 0',
      'kube_networkpolicy_spec_ingress_rules{namespace="n",networkpolicy="a"} 2',
    ]);
    expect(of('poddisruptionbudgets', { status: { disruptionsAllowed: 1 } }, 'allowed')).toEqual([
      'kube_poddisruptionbudget_status_pod_disruptions_allowed{namespace="n",poddisruptionbudget="a"} 1',
    ]);
  });

  it('bindings are told with the role that they give', () => {
    const roleRef = { kind: 'ClusterRole', name: 'view' };
    expect(of('rolebindings', { roleRef }, 'info')).toEqual([
      'kube_rolebinding_info{namespace="n",rolebinding="a",roleref_kind="ClusterRole",roleref_name="view"} 1',
    ]);
    expect(of('roles', {}, 'role_')).toEqual([
      'kube_role_created{namespace="n",role="a"} 1767225600',
      'kube_role_info{namespace="n",role="a"} 1',
      'kube_role_metadata_resource_version{namespace="n",role="a"} 42',
    ]);
    expect(of('configmaps', {}, 'info')).toEqual(['kube_configmap_info{namespace="n",configmap="a"} 1']);
  });
});
