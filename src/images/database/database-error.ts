import { AppError } from '../../kit/app-error.ts';

/** The vulnerability database is not there, is damaged, or is of a schema that is not read here. */
export class VulnerabilityDatabaseError extends AppError {
  readonly code = 'VULNERABILITY_DATABASE';
}
