import type { KubescapeSource } from '../../api/kubescape/source.ts';
import { scopeOfRequest, scopeText } from '../../operator/commands/scan-request.ts';
import { isEnded } from '../../operator/job.ts';
import type { OperatorRole } from './operator-role.ts';

/** The command that scans of `/v1/scan` are kept under. */
const scanCommand = 'kubescapeScan';

/** The operator as the paths of Kubescape's components see it. */
export function kubescapeSource(role: OperatorRole, isReady: () => boolean): KubescapeSource {
  const { store, jobs, operator, posture } = role;
  /** The last one that was asked for at `/v1/scan`. */
  let last = '';
  return {
    isReady,
    trigger: (body, info, signal) => operator.trigger(body, info, signal),
    scan(body, key) {
      const scope = scopeOfRequest(body);
      posture.check(scope);
      const { job } = jobs.submit(
        {
          kind: 'posture',
          command: scanCommand,
          title: `Scan of ${scopeText(scope)}`,
          work: { type: 'posture', scope, report: true },
        },
        { origin: 'scan', ...(key === undefined ? {} : { id: key }) },
      );
      last = job.id;
      return job;
    },
    scanOf(id) {
      const job = store.get(id ?? last);
      return job?.kind === 'posture' ? job : undefined;
    },
    isBusy() {
      const job = store.get(last);
      return job !== undefined && !isEnded(job);
    },
    cancel: (id) => void jobs.cancel(id),
    ended: (id, signal) => jobs.ended(id, signal),
    report: (id) => store.report(id),
    dropReports: (id) => void store.dropReports(id),
  };
}
