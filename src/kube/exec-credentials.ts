import { execFile } from 'node:child_process';
import { UnavailableError } from '../kit/app-error.ts';
import type { Credentials } from './access.ts';

export interface ExecOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `client.authentication.k8s.io/v1` or `/v1beta1`. */
  readonly apiVersion: string;
  /** What to say when the command is not there. */
  readonly installHint: string;
  /** Folder of the kubeconfig: relative commands start there. */
  readonly folder: string;
}

const timeoutMs = 30_000;

/** Renewed this long before they run out. */
const marginMs = 30_000;

/**
 * Credentials from a program, as `aws eks get-token` and its like give them; asked again when they run out.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execCredentials(
  options: ExecOptions,
  now: () => number = Date.now,
): (renew?: boolean) => Promise<Credentials> {
  let held: { readonly credentials: Credentials; readonly untilMs: number } | undefined;
  let asking: Promise<Credentials> | undefined;
  const ask = async (): Promise<Credentials> => {
    const { status = {} } = parse(await output(options), options.command);
    const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
    const untilMs =
      expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
    const credentials: Credentials = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(clientCertificateData === undefined ? {} : { certificate: clientCertificateData }),
      ...(clientKeyData === undefined ? {} : { key: clientKeyData }),
    };
    held = { credentials, untilMs };
    return credentials;
  };
  return async (renew = false) => {
    if (held !== undefined && !renew && now() < held.untilMs - marginMs) return held.credentials;
    // Twenty watches that need a new token at once run the program once.
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return await asking;
  };
}

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
}

function parse(text: string, command: string): ExecCredential {
  try {
    return JSON.parse(text) as ExecCredential;
  } catch {
    throw new UnavailableError(`${command} of the kubeconfig did not print an ExecCredential in JSON`);
  }
}

function output({ command, args, env, apiVersion, installHint, folder }: ExecOptions): Promise<string> {
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      {
        cwd: folder,
        timeout: timeoutMs,
        maxBuffer: 1024 * 1024,
        env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const hint =
          (error as NodeJS.ErrnoException).code === 'ENOENT' && installHint !== '' ? ` ${installHint}` : '';
        const said = stderr.trim().split('\n')[0] ?? '';
        const why = said === '' ? `ended with ${error.code ?? error.signal ?? 'an error'}` : said;
        return reject(
          new UnavailableError(
            `${command}, which the kubeconfig takes credentials from, failed: ${why}${hint}`,
          ),
        );
      },
    );
  });
}
