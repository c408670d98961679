import { parseReference } from '../../images/reference.ts';
import type { CredentialSource, FoundLogin } from '../../images/registry/credentials.ts';
import { Secret } from '../../kit/secret.ts';

/** A login that came with a request. */
export interface GivenLogin {
  readonly username: string;
  readonly password: string;
  /** A bearer token instead. */
  readonly registryToken: string;
}

/** Requests whose logins are remembered at once; the oldest go first. */
const mostRequests = 1000;

/**
 * Logins that came with requests, by the job that each became. They are nowhere but in memory: a job that waits through a restart runs
 * with those of the configuration alone.
 */
export class RequestLogins {
  readonly #byJob = new Map<string, CredentialSource>();

  /**
   * @param image the login is for its registry, and goes to no other
   * @throws {BadInputError} for what is no image reference, where there are logins.
   */
  keep(job: string, image: string, logins: readonly GivenLogin[]): void {
    const found = logins.flatMap(foundLogin);
    if (found.length === 0) return;
    const { registry: own } = parseReference(image);
    this.#byJob.set(job, { find: async (registry) => (registry === own ? found : []) });
    const [oldest] = this.#byJob.keys();
    if (this.#byJob.size > mostRequests && oldest !== undefined) this.#byJob.delete(oldest);
  }

  forget(job: string): void {
    this.#byJob.delete(job);
  }

  /** Undefined where none came with the request. Given once: a job scans once. */
  of(job: string): CredentialSource | undefined {
    const found = this.#byJob.get(job);
    this.#byJob.delete(job);
    return found;
  }
}

function foundLogin({ username, password, registryToken }: GivenLogin): readonly FoundLogin[] {
  const origin = 'the request';
  if (registryToken !== '')
    return [{ origin, login: { kind: 'registry', token: new Secret(registryToken) } }];
  if (username === '' || password === '') return [];
  return [{ origin, login: { kind: 'password', username, password: new Secret(password) } }];
}
