import { type UseMutationResult, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import type {
  AdmissionDecisionsJson,
  AdmissionJson,
  AdmissionWhatIfInputJson,
  AdmissionWhatIfJson,
} from '../../../src/api/skopos/admission-contract.ts';
import { get, post } from './client.ts';
import { refreshMs } from './monitoring.ts';

export type {
  AdmissionDecisionJson,
  AdmissionJson,
  AdmissionWhatIfJson,
} from '../../../src/api/skopos/admission-contract.ts';

/** The policy, the certificate and how fast requests are decided. */
export function useAdmission(): UseQueryResult<AdmissionJson> {
  return useQuery({
    queryKey: ['admission'],
    queryFn: ({ signal }) => get<AdmissionJson>('admission', {}, signal),
    refetchInterval: refreshMs,
  });
}

/** The newest first. */
export function useAdmissionDecisions(): UseQueryResult<AdmissionDecisionsJson> {
  return useQuery({
    queryKey: ['admission', 'decisions'],
    queryFn: ({ signal }) => get<AdmissionDecisionsJson>('admission/decisions', {}, signal),
    refetchInterval: refreshMs,
  });
}

/** Takes a policy over what runs now. */
export function useAdmissionWhatIf(): UseMutationResult<
  AdmissionWhatIfJson,
  Error,
  AdmissionWhatIfInputJson
> {
  return useMutation({
    mutationFn: (input) => post<AdmissionWhatIfJson>('admission/what-if', input),
  });
}
