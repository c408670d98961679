import {
  count,
  created,
  emitCondition,
  gauge,
  labelsAndAnnotations,
  maybe,
  namespaced,
  owners,
  presence,
  time,
} from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { listAt, numberAt, textAt } from '../fields.ts';

const failureReasons = ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted'];

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/job-metrics.md */
export const jobs: StateResource = {
  resource: 'jobs',
  identity: namespaced('job_name'),
  families: [
    ...labelsAndAnnotations('kube_job'),
    presence('kube_job_info', 'That the job is there.'),
    created('kube_job'),
    owners('kube_job_owner', { isControllerLabel: true }),
    maybe('kube_job_spec_parallelism', 'Pods that may run at once.', 'spec', 'parallelism'),
    maybe('kube_job_spec_completions', 'Pods that have to succeed.', 'spec', 'completions'),
    maybe(
      'kube_job_spec_active_deadline_seconds',
      'How long the job may run.',
      ...['spec', 'activeDeadlineSeconds'],
    ),
    count('kube_job_status_active', 'Pods that run.', 'status', 'active'),
    count('kube_job_status_ready', 'Pods that are ready.', 'status', 'ready'),
    count('kube_job_status_succeeded', 'Pods that succeeded.', 'status', 'succeeded'),
    gauge('kube_job_status_failed', 'Pods that failed, or why the job did.', (job, emit) => {
      const failed = numberAt(job, 'status', 'failed') ?? 0;
      if (failed === 0) {
        emit(0);
        return;
      }
      const reasons = listAt(job, 'status', 'conditions')
        .filter(({ type }) => type === 'Failed')
        .map((condition) => textAt(condition, 'reason'));
      if (reasons.length > 0)
        for (const known of failureReasons) emit(reasons.includes(known) ? 1 : 0, 'reason', known);
      if (!reasons.some((reason) => failureReasons.includes(reason))) emit(failed, 'reason', '');
    }),
    ended('kube_job_complete', 'Complete', 'Whether the job has succeeded.'),
    ended('kube_job_failed', 'Failed', 'Whether the job has failed.'),
    time('kube_job_status_start_time', 'When the job was started, in Unix seconds.', 'status', 'startTime'),
    time(
      'kube_job_status_completion_time',
      'When the job succeeded, in Unix seconds.',
      ...['status', 'completionTime'],
    ),
    gauge('kube_job_status_suspended', 'Whether the job is held back.', (job, emit) => {
      for (const { type, status } of listAt(job, 'status', 'conditions'))
        if (type === 'Suspended') emit(status === 'True' ? 1 : 0);
    }),
  ],
};

function ended(name: string, condition: string, help: string): Family {
  return gauge(name, help, (job, emit) => {
    for (const { type, status } of listAt(job, 'status', 'conditions'))
      if (type === condition) emitCondition(emit, status, 'condition');
  });
}
