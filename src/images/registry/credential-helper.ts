import { execFile } from 'node:child_process';
import { UnavailableError } from '../../kit/app-error.ts';
import { Secret } from '../../kit/secret.ts';
import type { RegistryLogin } from './credentials.ts';

const timeoutMs = 30_000;
const maxOutputBytes = 64 * 1024;

/**
 * Asks a program `docker-credential-<name>` of the search path for a login. It is run without a shell, and may not take long.
 *
 * Source: https://github.com/docker/docker-credential-helpers
 *
 * @returns undefined when it has none.
 * @throws {UnavailableError} when it cannot be run, or fails.
 */
export function askHelper(
  name: string,
  server: string,
  signal: AbortSignal,
): Promise<RegistryLogin | undefined> {
  const command = `docker-credential-${name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return Promise.reject(new UnavailableError(`"${name.slice(0, 50)}" is no name of a credential helper`));
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      ['get'],
      { timeout: timeoutMs, maxBuffer: maxOutputBytes, signal, windowsHide: true },
      (error, stdout) => {
        if (error === null) {
          const login = loginOf(stdout);
          if (login !== undefined) resolve(login);
          else reject(new UnavailableError(`${command} did not print a login as it should`));
        } else if (/credentials not found/i.test(stdout)) resolve(undefined);
        else {
          // What it prints may hold secrets, so it is not repeated.
          const why =
            (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not installed' : endOf(error);
          reject(new UnavailableError(`${command} gives no login: ${why}`));
        }
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
}

function endOf(error: {
  readonly code?: unknown;
  readonly signal?: unknown;
  readonly killed?: unknown;
}): string {
  if (error.killed === true) return `it took longer than ${timeoutMs / 1000} s`;
  return `it ended with ${String(error.code ?? error.signal ?? 'an error')}`;
}

function loginOf(text: string): RegistryLogin | undefined {
  try {
    const { Username: username, Secret: password } = JSON.parse(text) as Record<string, unknown>;
    if (typeof username !== 'string' || typeof password !== 'string') return undefined;
    return username === '<token>'
      ? { kind: 'identity', token: new Secret(password) }
      : { kind: 'password', username, password: new Secret(password) };
  } catch {
    return undefined;
  }
}
