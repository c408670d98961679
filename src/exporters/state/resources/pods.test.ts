import { describe, expect, it } from 'vitest';
import { seriesOf } from '../testing.ts';

const id = 'namespace="shop",pod="cart-0",uid="u1"';
const metadata = { name: 'cart-0', namespace: 'shop', uid: 'u1' };

function pod(more: { spec?: object; status?: object; metadata?: object }): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, ...more.metadata },
    spec: more.spec ?? {},
    status: more.status ?? {},
  };
}

describe('a pod', () => {
  it('is in one of five phases, and in none while it has no phase', () => {
    expect(seriesOf('pods', pod({ status: { phase: 'Running' } }), 'status_phase')).toEqual([
      `kube_pod_status_phase{${id},phase="Failed"} 0`,
      `kube_pod_status_phase{${id},phase="Pending"} 0`,
      `kube_pod_status_phase{${id},phase="Running"} 1`,
      `kube_pod_status_phase{${id},phase="Succeeded"} 0`,
      `kube_pod_status_phase{${id},phase="Unknown"} 0`,
    ]);
    expect(seriesOf('pods', pod({}), 'status_phase')).toEqual([]);
  });

  it('tells only the reason that holds, and one that is not known as Other', () => {
    const of = (status: object) => seriesOf('pods', pod({ status }), 'pod_status_reason');
    expect(of({ phase: 'Running' })).toEqual([]);
    expect(of({ reason: 'Evicted' })).toEqual([`kube_pod_status_reason{${id},reason="Evicted"} 1`]);
    expect(of({ reason: 'Preempting' })).toEqual([`kube_pod_status_reason{${id},reason="Other"} 1`]);
    expect(
      of({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    ).toEqual([`kube_pod_status_reason{${id},reason="SchedulingGated"} 1`]);
  });

  it('tells why it is disrupted only while it is', () => {
    const of = (status: string, reason: string) =>
      seriesOf(
        'pods',
        pod({ status: { conditions: [{ type: 'DisruptionTarget', status, reason }] } }),
        'disruption',
      );
    expect(of('False', 'DeletionByPodGC')).toEqual([]);
    expect(of('True', 'DeletionByPodGC')).toEqual([
      `kube_pod_status_disruption_reason{${id},reason="DeletionByPodGC"} 1`,
    ]);
    expect(of('True', 'Boredom')).toEqual([`kube_pod_status_disruption_reason{${id},reason="Other"} 1`]);
  });

  it('has its conditions in three states each, and their times while they hold', () => {
    const at = '2026-01-01T00:00:00Z';
    const conditions = [
      { type: 'Ready', status: 'True', lastTransitionTime: at },
      { type: 'PodScheduled', status: 'False', lastTransitionTime: at },
    ];
    const of = (part: string) => seriesOf('pods', pod({ status: { conditions } }), part);
    expect(of('status_ready')).toEqual([
      `kube_pod_status_ready_time{${id}} 1767225600`,
      `kube_pod_status_ready{${id},condition="false"} 0`,
      `kube_pod_status_ready{${id},condition="true"} 1`,
      `kube_pod_status_ready{${id},condition="unknown"} 0`,
    ]);
    expect(of('schedul')).toEqual(
      [
        `kube_pod_scheduler{${id},name=""} 1`,
        `kube_pod_status_scheduled{${id},condition="false"} 1`,
        `kube_pod_status_scheduled{${id},condition="true"} 0`,
        `kube_pod_status_scheduled{${id},condition="unknown"} 0`,
        `kube_pod_status_unschedulable{${id}} 1`,
        `kube_pod_status_unscheduled_time{${id}} 1767225600`,
      ].sort(),
    );
  });

  it('says what made it only when something controls it', () => {
    const info = (ownerReferences: readonly object[]) =>
      seriesOf('pods', pod({ metadata: { ownerReferences }, spec: { hostNetwork: true } }), 'pod_info')[0];
    const rest = 'host_ip="",pod_ip="",node=""';
    const tail = 'priority_class="",host_network="true"} 1';
    expect(info([{ kind: 'ReplicaSet', name: 'cart-1', controller: true }])).toBe(
      `kube_pod_info{${id},${rest},created_by_kind="ReplicaSet",created_by_name="cart-1",${tail}`,
    );
    expect(info([{ kind: 'Node', name: 'n1' }])).toBe(
      `kube_pod_info{${id},${rest},created_by_kind="",created_by_name="",${tail}`,
    );
  });

  it('has an owner series of empty labels when it has no owner', () => {
    const of = (ownerReferences: readonly object[]) =>
      seriesOf('pods', pod({ metadata: { ownerReferences } }), 'pod_owner');
    expect(of([])).toEqual([`kube_pod_owner{${id},owner_kind="",owner_name="",owner_is_controller=""} 1`]);
    expect(
      of([
        { kind: 'Job', name: 'a', controller: true },
        { kind: 'X', name: 'b' },
      ]),
    ).toEqual([
      `kube_pod_owner{${id},owner_kind="Job",owner_name="a",owner_is_controller="true"} 1`,
      `kube_pod_owner{${id},owner_kind="X",owner_name="b",owner_is_controller="false"} 1`,
    ]);
  });

  it('lists its addresses by family, and none that is no address', () => {
    const podIPs = [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }, { ip: 'what' }];
    expect(seriesOf('pods', pod({ status: { podIPs } }), 'pod_ips')).toEqual([
      `kube_pod_ips{${id},ip="10.0.0.1",ip_family="4"} 1`,
      `kube_pod_ips{${id},ip="fd00::1",ip_family="6"} 1`,
    ]);
  });

  it('names the claims that it mounts, its own ones after itself', () => {
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'cart-data', readOnly: true } },
      { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'tmp', emptyDir: {} },
    ];
    const data = 'volume="data",persistentvolumeclaim="cart-data",ephemeral="false"';
    const scratch = 'volume="scratch",persistentvolumeclaim="cart-0-scratch",ephemeral="true"';
    const start = 'kube_pod_spec_volumes_persistentvolumeclaims';
    expect(seriesOf('pods', pod({ spec: { volumes } }), 'persistentvolumeclaims')).toEqual([
      `${start}_info{${id},${data}} 1`,
      `${start}_info{${id},${scratch}} 1`,
      `${start}_readonly{${id},${data}} 1`,
      `${start}_readonly{${id},${scratch}} 0`,
    ]);
  });

  it('bears taints, each once, with the labels that are set', () => {
    const toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    const tolerations = [toleration, toleration, { operator: 'Exists' }, {}];
    expect(seriesOf('pods', pod({ spec: { tolerations } }), 'tolerations')).toEqual([
      `kube_pod_tolerations{${id},key="a",operator="Exists",effect="NoExecute",toleration_seconds="300"} 1`,
      `kube_pod_tolerations{${id},operator="Exists"} 1`,
    ]);
  });

  it('tells claims of devices, made of templates or named', () => {
    const spec = {
      resourceClaims: [
        { name: 'gpu', resourceClaimTemplateName: 'one-gpu' },
        { name: 'nic', resourceClaimName: 'nic-7' },
      ],
    };
    const status = { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'cart-0-gpu-x' }] };
    expect(seriesOf('pods', pod({ spec, status }), 'resourceclaim')).toEqual([
      `kube_pod_resourceclaim_info{${id},claim_name="gpu",resourceclaim_name="cart-0-gpu-x",resourceclaim_template_name="one-gpu"} 1`,
      `kube_pod_resourceclaim_info{${id},claim_name="nic",resourceclaim_name="nic-7",resourceclaim_template_name=""} 1`,
    ]);
  });

  it('has what its sandbox takes, and its class, where they are set', () => {
    const spec = { runtimeClassName: 'kata', overhead: { cpu: '250m', memory: '120Mi' } };
    expect(seriesOf('pods', pod({ spec }), 'overhead')).toEqual([
      `kube_pod_overhead_cpu_cores{${id}} 0.25`,
      `kube_pod_overhead_memory_bytes{${id}} 125829120`,
    ]);
    expect(seriesOf('pods', pod({ spec }), 'runtimeclass')).toEqual([
      `kube_pod_runtimeclass_name_info{${id},runtimeclass_name="kata"} 1`,
    ]);
    expect(seriesOf('pods', pod({}), 'overhead')).toEqual([]);
  });

  it('tells what it asks of nodes only where that is asked for', () => {
    const spec = { nodeSelector: { 'kubernetes.io/os': 'linux' } };
    expect(seriesOf('pods', pod({ spec }), 'nodeselectors')).toEqual([]);
    expect(
      seriesOf('pods', pod({ spec }), 'nodeselectors', { metricOptInList: ['kube_pod_nodeselectors'] }),
    ).toEqual([`kube_pod_nodeselectors{${id},nodeselector_kubernetes_io_os="linux"} 1`]);
  });
});

describe('a container of a pod', () => {
  const status = {
    containerStatuses: [
      {
        name: 'app',
        image: 'app:1',
        imageID: 'app@sha256:1',
        containerID: 'containerd://1',
        ready: true,
        restartCount: 3,
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        lastState: {
          terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2025-12-31T23:59:00Z' },
        },
      },
    ],
    initContainerStatuses: [
      { name: 'init', ready: false, restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } },
    ],
  };
  const spec = {
    nodeName: 'n1',
    containers: [
      {
        name: 'app',
        image: 'app',
        resources: {
          requests: { cpu: '100m', memory: '1Gi', 'ephemeral-storage': '1M' },
          limits: { cpu: '1', 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi', odd: '1' },
        },
      },
    ],
    initContainers: [{ name: 'init', image: 'init', restartPolicy: 'Always' }],
  };
  const of = (part: string) => seriesOf('pods', pod({ spec, status }), part);

  it('is waiting, running or terminated, with the reason of the state that it is in', () => {
    expect(of('pod_container_status')).toEqual([
      `kube_pod_container_status_last_terminated_exitcode{${id},container="app"} 137`,
      `kube_pod_container_status_last_terminated_reason{${id},container="app",reason="OOMKilled"} 1`,
      `kube_pod_container_status_last_terminated_timestamp{${id},container="app"} 1767225540`,
      `kube_pod_container_status_ready{${id},container="app"} 1`,
      `kube_pod_container_status_restarts_total{${id},container="app"} 3`,
      `kube_pod_container_status_running{${id},container="app"} 1`,
      `kube_pod_container_status_terminated{${id},container="app"} 0`,
      `kube_pod_container_status_waiting{${id},container="app"} 0`,
    ]);
    expect(of('pod_init_container_status')).toEqual([
      `kube_pod_init_container_status_ready{${id},container="init"} 0`,
      `kube_pod_init_container_status_restarts_total{${id},container="init"} 0`,
      `kube_pod_init_container_status_running{${id},container="init"} 0`,
      `kube_pod_init_container_status_terminated{${id},container="init"} 0`,
      `kube_pod_init_container_status_waiting_reason{${id},container="init",reason="ImagePullBackOff"} 1`,
      `kube_pod_init_container_status_waiting{${id},container="init"} 1`,
    ]);
    expect(of('state_started')).toEqual([
      `kube_pod_container_state_started{${id},container="app"} 1767225600`,
    ]);
  });

  it('is of the image that was asked for and of the one that runs', () => {
    expect(of('container_info')).toEqual([
      `kube_pod_container_info{${id},container="app",image_spec="app",image="app:1",image_id="app@sha256:1",container_id="containerd://1"} 1`,
      `kube_pod_init_container_info{${id},container="init",image_spec="init",image="",image_id="",container_id="",restart_policy="Always"} 1`,
    ]);
  });

  it('asks for resources in their units, those in none left out', () => {
    const start = `{${id},container="app",node="n1",resource=`;
    expect(of('pod_container_resource')).toEqual([
      `kube_pod_container_resource_limits${start}"cpu",unit="core"} 1`,
      `kube_pod_container_resource_limits${start}"example_com_gpu",unit="integer"} 2`,
      `kube_pod_container_resource_limits${start}"hugepages_2Mi",unit="byte"} 4194304`,
      `kube_pod_container_resource_requests${start}"cpu",unit="core"} 0.1`,
      `kube_pod_container_resource_requests${start}"ephemeral_storage",unit="byte"} 1000000`,
      `kube_pod_container_resource_requests${start}"memory",unit="byte"} 1073741824`,
    ]);
  });

  it('completes the pod when it ends', () => {
    const ended = {
      containerStatuses: [
        { name: 'a', state: { terminated: { finishedAt: '2026-01-01T00:00:00Z' } } },
        { name: 'b', state: { terminated: { finishedAt: '2026-01-01T00:00:05Z' } } },
      ],
    };
    expect(seriesOf('pods', pod({ status: ended }), 'completion')).toEqual([
      `kube_pod_completion_time{${id}} 1767225605`,
    ]);
  });
});
