import { isIP } from 'node:net';
import { BadInputError } from '../kit/app-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Only this machine can reach it. */
  readonly isLoopback: boolean;
}

/**
 * Reads `host:port`, `[v6]:port` or `:port` (all addresses).
 *
 * @throws {BadInputError}
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new BadInputError('listen', `expected host:port such as 127.0.0.1:9600, got "${text}"`);
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? '::' : host, port, isLoopback: isLoopbackHost(host) };
}

export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}
