import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { DoctorJson } from '../../../src/api/skopos/doctor-contract.ts';
import { get } from './client.ts';

export type { DoctorCheckJson, DoctorJson, DoctorState } from '../../../src/api/skopos/doctor-contract.ts';

/** What keeps Skopos from working as it should. Every asking makes connections, so it is asked when somebody looks, and not again by itself. */
export function useDoctor(): UseQueryResult<DoctorJson> {
  return useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => get<DoctorJson>('doctor', {}, signal),
    staleTime: 5000,
  });
}
