import { z } from 'zod';
import type { FastifyInstance } from '../../http/server.ts';
import type {
  AdmissionDecisionJson,
  AdmissionDecisionsJson,
  AdmissionJson,
  AdmissionWhatIfJson,
} from './admission-contract.ts';
import { base, bodyOf } from './parameters.ts';

/** What the webhook decides, and what another policy would. */
export interface AdmissionSource {
  status(): AdmissionJson;
  /** The newest first. */
  decisions(): readonly AdmissionDecisionJson[];
}

export interface AdmissionTrial {
  /** Of other rules, as text fields of the configuration, or of those in force. @throws {BadInputError} for rules that are none. */
  whatIf(rules: readonly unknown[] | undefined): AdmissionWhatIfJson;
}

const whatIfBody = z.strictObject({ rules: z.array(z.unknown()).optional() });

/** Admission: `/admission`, `/admission/decisions`, `/admission/what-if`. */
export function admissionRoutes(app: FastifyInstance, source: AdmissionSource & AdmissionTrial): void {
  app.get(`${base}/admission`, async (): Promise<AdmissionJson> => source.status());

  app.get(
    `${base}/admission/decisions`,
    async (): Promise<AdmissionDecisionsJson> => ({ decisions: source.decisions() }),
  );

  app.post(
    `${base}/admission/what-if`,
    async (request): Promise<AdmissionWhatIfJson> => source.whatIf(bodyOf(whatIfBody, request).rules),
  );
}
