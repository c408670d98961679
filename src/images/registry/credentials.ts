import type { Secret } from '../../kit/secret.ts';

/** What a registry is logged in to with. */
export type RegistryLogin =
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  /** A refresh token, which the registry's token service takes. */
  | { readonly kind: 'identity'; readonly token: Secret }
  /** A bearer token as it is sent to the registry. */
  | { readonly kind: 'registry'; readonly token: Secret };

/** A login, and where it is from, for people: `docker config`, `secret shop/pull`, `ecr`. */
export interface FoundLogin {
  readonly login: RegistryLogin;
  readonly origin: string;
}

/** Where logins come from. */
export interface CredentialSource {
  /**
   * The logins for a repository, the most fitting first; empty where there is none.
   *
   * @throws {AppError} when it should have one, and cannot give it.
   */
  find(registry: string, repository: string, signal: AbortSignal): Promise<readonly FoundLogin[]>;
}

/** Asks one source after the other. A source that fails is passed over when a later one has a login; else its error is thrown. */
export function firstOf(sources: readonly CredentialSource[]): CredentialSource {
  return {
    async find(registry, repository, signal) {
      const found: FoundLogin[] = [];
      let failure: unknown;
      for (const source of sources) {
        try {
          found.push(...(await source.find(registry, repository, signal)));
        } catch (error) {
          failure ??= error;
        }
      }
      if (found.length === 0 && failure !== undefined) throw failure;
      return found;
    },
  };
}
