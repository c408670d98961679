import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import { noPolicyReports, policyReportPath } from '../../cluster-state/policy-reports.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';

/** https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/master/policy-report/crd/v1alpha2 */
export const policyReportsAdvice =
  'Install the definitions of PolicyReport and ClusterPolicyReport (kubernetes-sigs/wg-policy-prototypes, policy-report/crd/v1alpha2), give the role what `skopos export rbac` says, or set `results.policy_reports` to false.';

/** Whether the cluster has the kinds that reports are written as. */
export async function policyReportsCheck(
  client: Pick<KubeClient, 'get'>,
  signal: AbortSignal,
): Promise<DoctorCheckJson> {
  const check = { id: 'policy-reports', title: 'Policy reports' };
  try {
    const { resources = [] } = await client.get<{ resources?: readonly { readonly name: string }[] }>({
      path: policyReportPath,
      signal,
    });
    const missing = ['policyreports', 'clusterpolicyreports'].filter(
      (name) => !resources.some((one) => one.name === name),
    );
    if (missing.length === 0)
      return { ...check, state: 'ok', message: 'the cluster has wgpolicyk8s.io/v1alpha2', advice: '' };
    return {
      ...check,
      state: 'fail',
      message: `wgpolicyk8s.io/v1alpha2 of the cluster has no ${missing.join(' and no ')}`,
      advice: policyReportsAdvice,
    };
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 404) throw error;
    return { ...check, state: 'fail', message: noPolicyReports, advice: policyReportsAdvice };
  }
}
