import { describe, expect, it } from 'vitest';
import { stateResources } from '../state-resources.ts';
import { resources } from './index.ts';

/**
 * The metrics of kube-state-metrics 2.20 by resource, without what their names begin with; `.` is nothing more, `!` marks counters.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
const documented: Readonly<Record<string, string>> = {
  certificatesigningrequests: 'annotations cert_length condition created labels',
  clusterrolebindings: 'annotations created info labels metadata_resource_version',
  clusterroles: 'annotations created info labels metadata_resource_version',
  configmaps: 'annotations created info labels metadata_resource_version',
  cronjobs:
    'annotations created info labels metadata_resource_version next_schedule_time schedule_invalid spec_failed_job_history_limit spec_starting_deadline_seconds spec_successful_job_history_limit spec_suspend status_active status_last_schedule_time status_last_successful_time',
  daemonsets:
    'annotations created deletion_timestamp labels metadata_generation status_current_number_scheduled status_desired_number_scheduled status_number_available status_number_misscheduled status_number_ready status_number_unavailable status_observed_generation status_updated_number_scheduled',
  deployments:
    'annotations created deletion_timestamp labels metadata_generation owner spec_paused spec_replicas spec_strategy_rollingupdate_max_surge spec_strategy_rollingupdate_max_unavailable status_condition status_observed_generation status_replicas status_replicas_available status_replicas_ready status_replicas_unavailable status_replicas_updated status_terminating_replicas',
  endpoints: 'address annotations created info labels ports',
  endpointslices: 'annotations created endpoints endpoints_hints info labels ports',
  horizontalpodautoscalers:
    'annotations created deletion_timestamp info labels metadata_generation spec_behavior_scale_down_tolerance spec_behavior_scale_up_tolerance spec_max_replicas spec_min_replicas spec_target_metric status_condition status_current_replicas status_desired_replicas status_target_metric',
  ingressclasses: 'annotations created info labels',
  ingresses: 'annotations created info labels metadata_resource_version path tls',
  jobs: 'annotations complete created failed info labels owner spec_active_deadline_seconds spec_completions spec_parallelism status_active status_completion_time status_failed status_ready status_start_time status_succeeded status_suspended',
  leases: 'owner renew_time',
  limitranges: '. created',
  mutatingadmissionpolicies: 'created info',
  mutatingadmissionpolicybindings: 'created info',
  mutatingwebhookconfigurations: 'created info metadata_resource_version webhook_clientconfig_service',
  namespaces: 'annotations created labels status_condition status_phase',
  networkpolicies: 'annotations created labels spec_egress_rules spec_ingress_rules',
  nodes:
    'annotations created deletion_timestamp info labels role spec_pod_cidrs spec_taint spec_unschedulable status_addresses status_allocatable status_capacity status_condition',
  persistentvolumeclaims:
    'access_mode annotations created deletion_timestamp info labels resource_requests_storage_bytes status_condition status_phase',
  persistentvolumes:
    'access_mode annotations capacity_bytes claim_ref created csi_attributes deletion_timestamp info labels status_phase volume_mode',
  poddisruptionbudgets:
    'annotations created deletion_timestamp labels status_current_healthy status_desired_healthy status_expected_pods status_observed_generation status_pod_disruptions_allowed',
  pods: 'annotations completion_time container_info container_resource_limits container_resource_requests container_state_started container_status_last_terminated_exitcode container_status_last_terminated_reason container_status_last_terminated_timestamp container_status_ready container_status_restarts_total! container_status_running container_status_terminated container_status_terminated_reason container_status_waiting container_status_waiting_reason created deletion_timestamp info init_container_info init_container_resource_limits init_container_resource_requests init_container_state_started init_container_status_last_terminated_exitcode init_container_status_last_terminated_reason init_container_status_last_terminated_timestamp init_container_status_ready init_container_status_restarts_total! init_container_status_running init_container_status_terminated init_container_status_terminated_reason init_container_status_waiting init_container_status_waiting_reason ips labels nodeselectors overhead_cpu_cores overhead_memory_bytes owner resourceclaim_info restart_policy runtimeclass_name_info scheduler service_account spec_volumes_persistentvolumeclaims_info spec_volumes_persistentvolumeclaims_readonly start_time status_container_ready_time status_disruption_reason status_initialized_time status_phase status_qos_class status_ready status_ready_time status_reason status_scheduled status_scheduled_time status_unschedulable status_unscheduled_time tolerations',
  replicasets:
    'annotations created labels metadata_generation owner spec_replicas status_fully_labeled_replicas status_observed_generation status_ready_replicas status_replicas status_terminating_replicas',
  replicationcontrollers:
    'created metadata_generation owner spec_replicas status_available_replicas status_fully_labeled_replicas status_observed_generation status_ready_replicas status_replicas',
  resourcequotas: '. annotations created labels',
  rolebindings: 'annotations created info labels metadata_resource_version',
  roles: 'annotations created info labels metadata_resource_version',
  secrets: 'annotations created info labels metadata_resource_version owner type',
  serviceaccounts: 'annotations created deleted image_pull_secret info labels secret',
  services:
    'annotations created deletion_timestamp info labels spec_external_ip spec_type status_load_balancer_ingress',
  statefulsets:
    'annotations created deletion_timestamp labels metadata_generation ordinals_start persistentvolumeclaim_retention_policy replicas status_current_revision status_observed_generation status_replicas status_replicas_available status_replicas_current status_replicas_ready status_replicas_updated status_update_revision',
  storageclasses: 'annotations created info labels',
  validatingadmissionpolicies: 'created info',
  validatingadmissionpolicybindings: 'created info validation_action',
  validatingwebhookconfigurations: 'created info metadata_resource_version webhook_clientconfig_service',
  volumeattachments:
    'created info labels spec_source_persistentvolume status_attached status_attachment_metadata',
};

/** What names of a resource's metrics begin with: its own name in the singular. */
function singular(resource: string): string {
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  return resource.endsWith('sses') ? resource.slice(0, -2) : resource.slice(0, -1);
}

describe('the metrics of objects', () => {
  it('are of 39 resources, and 336', () => {
    expect(Object.keys(documented)).toHaveLength(39);
    expect(Object.values(documented).flatMap((names) => names.split(' '))).toHaveLength(336);
  });

  it.each(Object.entries(documented))('of %s are those that are documented', (resource, names) => {
    const start = `kube_${singular(resource)}`;
    const wanted = names.split(' ').map((end) => ({
      name: end === '.' ? start : `${start}_${end.replace('!', '')}`,
      type: end.endsWith('!') ? 'counter' : 'gauge',
    }));
    const families = resources.find((one) => one.resource === resource)?.families ?? [];
    const found = families.map(({ name, type }) => ({ name, type }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(found.sort(byName)).toEqual(wanted.sort(byName));
  });

  it('are of the resources that can be watched', () => {
    expect(resources.map(({ resource }) => resource)).toEqual(stateResources.map(({ resource }) => resource));
  });

  it('say what they are', () => {
    for (const { name, help } of resources.flatMap(({ families }) => families))
      expect(help, name).toMatch(/^[A-Z].*\.$/);
  });
});
