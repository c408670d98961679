import type { FastifyInstance } from '../../http/server.ts';
import type { DoctorJson } from './doctor-contract.ts';
import { base } from './parameters.ts';

/** What examines the running process. */
export interface DoctorSource {
  /** Every check anew, but for those who ask at about the same time, who get the same answer. */
  examine(): Promise<DoctorJson>;
}

/** `GET /doctor`. */
export function doctorRoutes(app: FastifyInstance, source: DoctorSource): void {
  app.get(`${base}/doctor`, async (): Promise<DoctorJson> => await source.examine());
}
