import {
  created,
  flag,
  gauge,
  labelsAndAnnotations,
  maybe,
  namespaced,
  resourceVersion,
  time,
} from '../families.ts';
import type { StateResource } from '../family.ts';
import { type Fields, flagAt, listAt, secondsAt, textAt } from '../fields.ts';
import { type NextSchedule, nextSchedule } from './next-schedule.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/cronjob-metrics.md */
export const cronjobs: StateResource = {
  resource: 'cronjobs',
  identity: namespaced('cronjob'),
  families: [
    ...labelsAndAnnotations('kube_cronjob'),
    gauge('kube_cronjob_info', 'When and how jobs are made.', (cronJob, emit) =>
      emit(
        1,
        ...['schedule', textAt(cronJob, 'spec', 'schedule')],
        ...['concurrency_policy', textAt(cronJob, 'spec', 'concurrencyPolicy')],
        ...['timezone', textAt(cronJob, 'spec', 'timeZone') || 'local'],
      ),
    ),
    created('kube_cronjob'),
    gauge(
      'kube_cronjob_next_schedule_time',
      'When the next job is due, in Unix seconds.',
      (cronJob, emit) => {
        const next = nextOf(cronJob);
        if (typeof next === 'object' && flagAt(cronJob, 'spec', 'suspend') !== true) emit(next.atSeconds);
      },
    ),
    gauge('kube_cronjob_schedule_invalid', 'Whether the schedule cannot be read.', (cronJob, emit) =>
      emit(nextOf(cronJob) === 'invalid' ? 1 : 0),
    ),
    gauge('kube_cronjob_status_active', 'Jobs of it that run.', (cronJob, emit) =>
      emit(listAt(cronJob, 'status', 'active').length),
    ),
    time(
      'kube_cronjob_status_last_schedule_time',
      'When a job was made last, in Unix seconds.',
      ...['status', 'lastScheduleTime'],
    ),
    time(
      'kube_cronjob_status_last_successful_time',
      'When a job succeeded last, in Unix seconds.',
      ...['status', 'lastSuccessfulTime'],
    ),
    flag('kube_cronjob_spec_suspend', 'Whether no jobs are made.', 'spec', 'suspend'),
    maybe(
      'kube_cronjob_spec_starting_deadline_seconds',
      'How late a job may be made.',
      ...['spec', 'startingDeadlineSeconds'],
    ),
    resourceVersion('kube_cronjob'),
    maybe(
      'kube_cronjob_spec_successful_job_history_limit',
      'Jobs that succeeded which are kept.',
      ...['spec', 'successfulJobsHistoryLimit'],
    ),
    maybe(
      'kube_cronjob_spec_failed_job_history_limit',
      'Jobs that failed which are kept.',
      ...['spec', 'failedJobsHistoryLimit'],
    ),
  ],
};

function nextOf(cronJob: Fields): NextSchedule {
  const last =
    secondsAt(cronJob, 'status', 'lastScheduleTime') ??
    secondsAt(cronJob, 'metadata', 'creationTimestamp') ??
    0;
  return nextSchedule(textAt(cronJob, 'spec', 'schedule'), textAt(cronJob, 'spec', 'timeZone'), last);
}
