import { describe, expect, it } from 'vitest';
import { seriesOf } from '../testing.ts';

const metadata = { name: 'a', namespace: 'n', generation: 7, resourceVersion: '42' };
const of = (resource: string, object: object, part: string) =>
  seriesOf(resource, { metadata, ...object }, part);

describe('a deployment', () => {
  const id = 'namespace="n",deployment="a"';

  it('has its numbers, 0 where the status says nothing', () => {
    expect(of('deployments', { spec: { replicas: 3 }, status: { readyReplicas: 2 } }, 'replicas')).toEqual([
      `kube_deployment_spec_replicas{${id}} 3`,
      `kube_deployment_status_replicas_available{${id}} 0`,
      `kube_deployment_status_replicas_ready{${id}} 2`,
      `kube_deployment_status_replicas_unavailable{${id}} 0`,
      `kube_deployment_status_replicas_updated{${id}} 0`,
      `kube_deployment_status_replicas{${id}} 0`,
    ]);
    expect(of('deployments', {}, 'generation')).toEqual([
      `kube_deployment_metadata_generation{${id}} 7`,
      `kube_deployment_status_observed_generation{${id}} 0`,
    ]);
  });

  it('tells reasons of conditions that the controller gives, others as unknown', () => {
    const status = {
      conditions: [
        { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' },
        { type: 'Progressing', status: 'True', reason: 'Somehow' },
        { type: 'Other', status: 'Unknown' },
      ],
    };
    const lines = of('deployments', { status }, 'condition');
    expect(lines).toHaveLength(9);
    expect(lines.filter((line) => line.endsWith(' 1'))).toEqual([
      `kube_deployment_status_condition{${id},reason="",condition="Other",status="unknown"} 1`,
      `kube_deployment_status_condition{${id},reason="MinimumReplicasUnavailable",condition="Available",status="false"} 1`,
      `kube_deployment_status_condition{${id},reason="unknown",condition="Progressing",status="true"} 1`,
    ]);
  });

  it('counts parts of an update from percentages, down and up', () => {
    const rolling = (maxUnavailable: unknown, maxSurge: unknown) =>
      of(
        'deployments',
        { spec: { replicas: 10, strategy: { rollingUpdate: { maxUnavailable, maxSurge } } } },
        'strategy',
      );
    expect(rolling('25%', '25%')).toEqual([
      `kube_deployment_spec_strategy_rollingupdate_max_surge{${id}} 3`,
      `kube_deployment_spec_strategy_rollingupdate_max_unavailable{${id}} 2`,
    ]);
    expect(rolling(1, 0)).toEqual([
      `kube_deployment_spec_strategy_rollingupdate_max_surge{${id}} 0`,
      `kube_deployment_spec_strategy_rollingupdate_max_unavailable{${id}} 1`,
    ]);
    expect(of('deployments', { spec: { strategy: { type: 'Recreate' } } }, 'strategy')).toEqual([]);
  });
});

describe('a job', () => {
  const id = 'namespace="n",job_name="a"';
  const failed = (reason?: string) =>
    of(
      'jobs',
      {
        status: {
          failed: 2,
          conditions: [{ type: 'Failed', status: 'True', ...(reason === undefined ? {} : { reason }) }],
        },
      },
      'status_failed',
    );

  it('failed for a known reason, for none that is known, or not at all', () => {
    expect(of('jobs', {}, 'status_failed')).toEqual([`kube_job_status_failed{${id}} 0`]);
    expect(failed('DeadlineExceeded')).toEqual([
      `kube_job_status_failed{${id},reason="BackoffLimitExceeded"} 0`,
      `kube_job_status_failed{${id},reason="DeadlineExceeded"} 1`,
      `kube_job_status_failed{${id},reason="Evicted"} 0`,
    ]);
    expect(failed('Rain')).toContain(`kube_job_status_failed{${id},reason=""} 2`);
    expect(of('jobs', { status: { failed: 1 } }, 'status_failed')).toEqual([
      `kube_job_status_failed{${id},reason=""} 1`,
    ]);
  });

  it('is complete or not only once it says so', () => {
    expect(of('jobs', {}, 'kube_job_complete')).toEqual([]);
    const status = { conditions: [{ type: 'Complete', status: 'True' }] };
    expect(of('jobs', { status }, 'kube_job_complete')).toEqual([
      `kube_job_complete{${id},condition="false"} 0`,
      `kube_job_complete{${id},condition="true"} 1`,
      `kube_job_complete{${id},condition="unknown"} 0`,
    ]);
  });

  it('has what its spec sets, and nothing of what it does not', () => {
    expect(of('jobs', { spec: { completions: 3 } }, 'spec')).toEqual([`kube_job_spec_completions{${id}} 3`]);
  });
});

describe('a cron job', () => {
  const id = 'namespace="n",cronjob="a"';
  const cronJob = (spec: object, lastScheduleTime = '2026-03-01T12:00:00Z') => ({
    spec,
    status: { lastScheduleTime },
  });

  it('is due next after it was last, in its time zone', () => {
    const next = (spec: object) => of('cronjobs', cronJob(spec), 'next_schedule');
    expect(next({ schedule: '*/15 * * * *', timeZone: 'Etc/UTC' })).toEqual([
      `kube_cronjob_next_schedule_time{${id}} ${Date.UTC(2026, 2, 1, 12, 15) / 1000}`,
    ]);
    expect(next({ schedule: '0 9 * * *', timeZone: 'Asia/Tokyo' })).toEqual([
      `kube_cronjob_next_schedule_time{${id}} ${Date.UTC(2026, 2, 2, 0, 0) / 1000}`,
    ]);
    expect(next({ schedule: '@every 1h30m' })).toEqual([
      `kube_cronjob_next_schedule_time{${id}} ${Date.UTC(2026, 2, 1, 13, 30) / 1000}`,
    ]);
    expect(next({ schedule: '@hourly', timeZone: 'Etc/UTC' })).toEqual([
      `kube_cronjob_next_schedule_time{${id}} ${Date.UTC(2026, 2, 1, 13, 0) / 1000}`,
    ]);
  });

  it('is not due while it is suspended, or when its schedule cannot be read', () => {
    expect(of('cronjobs', cronJob({ schedule: '* * * * *', suspend: true }), 'next_schedule')).toEqual([]);
    expect(of('cronjobs', cronJob({ schedule: 'now and then' }), 'next_schedule')).toEqual([]);
    expect(of('cronjobs', cronJob({ schedule: 'now and then' }), 'invalid')).toEqual([
      `kube_cronjob_schedule_invalid{${id}} 1`,
    ]);
    expect(of('cronjobs', cronJob({ schedule: '* * * * *' }), 'invalid')).toEqual([
      `kube_cronjob_schedule_invalid{${id}} 0`,
    ]);
  });

  it('is suspended or not, also where nothing is said', () => {
    expect(of('cronjobs', cronJob({ schedule: '* * * * *' }), 'suspend')).toEqual([
      `kube_cronjob_spec_suspend{${id}} 0`,
    ]);
    expect(
      of('cronjobs', cronJob({ schedule: '1 * * * *', concurrencyPolicy: 'Forbid' }), 'cronjob_info'),
    ).toEqual([
      `kube_cronjob_info{${id},schedule="1 * * * *",concurrency_policy="Forbid",timezone="local"} 1`,
    ]);
  });
});

describe('sets of pods', () => {
  it('of a stateful set have revisions, and a policy where one is set', () => {
    const id = 'namespace="n",statefulset="a"';
    const set = {
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
        ordinals: { start: 2 },
      },
      status: { currentRevision: 'a-1', updateRevision: 'a-2' },
    };
    expect(of('statefulsets', set, 'revision')).toEqual([
      `kube_statefulset_status_current_revision{${id},revision="a-1"} 1`,
      `kube_statefulset_status_update_revision{${id},revision="a-2"} 1`,
    ]);
    expect(of('statefulsets', set, 'retention')).toEqual([
      `kube_statefulset_persistentvolumeclaim_retention_policy{${id},when_deleted="Retain",when_scaled="Delete"} 1`,
    ]);
    expect(of('statefulsets', set, 'ordinals')).toEqual([`kube_statefulset_ordinals_start{${id}} 2`]);
    expect(of('statefulsets', {}, 'retention')).toEqual([]);
  });

  it('of a daemon set are counted by nodes', () => {
    const status = { desiredNumberScheduled: 4, numberMisscheduled: 1 };
    const lines = of('daemonsets', { status }, 'number');
    expect(lines).toContain('kube_daemonset_status_desired_number_scheduled{namespace="n",daemonset="a"} 4');
    expect(lines).toContain('kube_daemonset_status_number_misscheduled{namespace="n",daemonset="a"} 1');
    expect(lines).toContain('kube_daemonset_status_number_ready{namespace="n",daemonset="a"} 0');
  });

  it('of replica sets and replication controllers have owners', () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'web', controller: true }];
    const owned = { metadata: { ...metadata, ownerReferences } };
    expect(of('replicasets', owned, 'owner')).toEqual([
      'kube_replicaset_owner{namespace="n",replicaset="a",owner_kind="Deployment",owner_name="web",owner_is_controller="true"} 1',
    ]);
    expect(of('replicationcontrollers', {}, 'owner')).toEqual([
      'kube_replicationcontroller_owner{namespace="n",replicationcontroller="a",owner_kind="",owner_name="",owner_is_controller=""} 1',
    ]);
    expect(of('replicasets', {}, 'terminating')).toEqual([]);
  });
});

describe('an autoscaler', () => {
  const id = 'namespace="n",horizontalpodautoscaler="a"';

  it('tells its aims and measures by type, containers where they are of one', () => {
    const spec = {
      maxReplicas: 9,
      behavior: { scaleUp: { tolerance: '0.05' } },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
        {
          type: 'ContainerResource',
          containerResource: { name: 'memory', container: 'app', target: { averageValue: '800k' } },
        },
        { type: 'External', external: { metric: { name: 'queue' }, target: { value: '500m' } } },
        { type: 'Strange' },
      ],
    };
    const status = {
      currentMetrics: [{ type: 'Pods', pods: { metric: { name: 'rps' }, current: { averageValue: '10' } } }],
    };
    const start = 'kube_horizontalpodautoscaler';
    expect(of('horizontalpodautoscalers', { spec, status }, 'target_metric')).toEqual([
      `${start}_spec_target_metric{${id},metric_name="cpu",metric_target_type="utilization"} 80`,
      `${start}_spec_target_metric{${id},metric_name="memory",container="app",metric_target_type="average"} 800000`,
      `${start}_spec_target_metric{${id},metric_name="queue",metric_target_type="value"} 0.5`,
      `${start}_status_target_metric{${id},metric_name="rps",metric_target_type="average"} 10`,
    ]);
    expect(of('horizontalpodautoscalers', { spec }, 'tolerance')).toEqual([
      `${start}_spec_behavior_scale_up_tolerance{${id}} 0.05`,
    ]);
    expect(of('horizontalpodautoscalers', { spec }, 'spec_m')).toEqual([
      `${start}_spec_max_replicas{${id}} 9`,
      `${start}_spec_min_replicas{${id}} 1`,
    ]);
  });
});
