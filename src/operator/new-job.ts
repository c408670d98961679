import { BadInputError } from '../kit/app-error.ts';
import type { JobRequest, JobSpec } from './job.ts';
import type { KeptJob } from './job-store.ts';

/** Ids that others may give to a job. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** A job that is about to start. */
export function newJob(
  { kind, command, title, work }: JobSpec,
  { id, parentId = '', origin, schedule = '' }: JobRequest,
  createdAtMs: number,
): KeptJob {
  const names = {
    id: id ?? crypto.randomUUID(),
    parentId,
    isPart: false,
    kind,
    command,
    title,
    origin,
    schedule,
  };
  return { ...names, work, state: 'running', reason: '', createdAtMs };
}

/** @throws {BadInputError} for an id that can be none */
export function checkId(id: string | undefined): void {
  if (id !== undefined && !idForm.test(id))
    throw new BadInputError(
      'jobID',
      'expected up to 128 letters, digits, ".", "_", ":" and "-", beginning with a letter or digit',
    );
}
