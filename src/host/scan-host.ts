import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { posix } from 'node:path';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { type HostFact, unknownFact } from '../model/host.ts';
import type { Host, Sensor } from './host.ts';
import { readAccounts } from './root/accounts.ts';
import { HostRoot } from './root/host-root.ts';
import { readProcesses } from './root/processes.ts';
import { sensors } from './sensors/all.ts';

export interface ScanHostOptions {
  /** Where the host's file system is: `/`, or `/host` in a container. */
  readonly root: string;
  /** Where its `/proc` and `/sys` are; `proc` and `sys` below the root when left out. */
  readonly proc?: string;
  readonly sys?: string;
  readonly clock: Clock;
  /** How long one kind of facts may take: a file system may hang. 20 s when left out. */
  readonly timeoutMs?: number;
}

const probeTimeoutMs = 1000;

/**
 * Reads all facts of a host, without a shell, without a change, and within bounds. What cannot be read, or takes too long, is a gap of
 * its fact and never a fault.
 *
 * @throws {UnavailableError} when there is no host at the root.
 */
export async function scanHost(options: ScanHostOptions): Promise<readonly HostFact[]> {
  const { root, proc = posix.join(root, 'proc'), sys = posix.join(root, 'sys') } = options;
  const { clock, timeoutMs = 20_000 } = options;
  const files = new HostRoot(root);
  const etc = await files.list('/etc', 100_000);
  if ('obstacle' in etc)
    throw new UnavailableError(
      `${posix.join(root, 'etc')}: ${etc.reason.replace(/^\/etc: /, '')}: give the folder that the host’s files are in (--host-root)`,
    );
  const hostProc = new HostRoot(proc);
  const host: Host = {
    files,
    proc: hostProc,
    sys: new HostRoot(sys),
    accounts: await readAccounts(files),
    processes: await readProcesses(hostProc),
    ...((await isRunning(proc)) ? { reaches } : {}),
  };
  const facts: HostFact[] = [];
  // One after the other: a node has better things to do than to answer us quickly.
  for (const sensor of sensors) {
    const fact = await sensed(sensor, host, clock, timeoutMs);
    if (fact !== undefined) facts.push(fact);
  }
  return facts;
}

async function sensed(
  { kind, sense }: Sensor,
  host: Host,
  clock: Clock,
  timeoutMs: number,
): Promise<HostFact | undefined> {
  let cancel = (): void => undefined;
  const late = new Promise<HostFact>((resolve) => {
    cancel = clock.timer(timeoutMs, () =>
      resolve(
        unknownFact(
          kind,
          `reading it took more than ${timeoutMs / 1000} s; a file system of the node may hang`,
        ),
      ),
    );
  });
  try {
    const found = await Promise.race([sense(host), late]);
    return found === undefined ? undefined : { kind, data: found.data, gaps: found.gaps };
  } catch (error) {
    return unknownFact(kind, `reading it failed: ${messageOf(error)}`);
  } finally {
    cancel();
  }
}

/** Source: https://man7.org/linux/man-pages/man2/statfs.2.html, `PROC_SUPER_MAGIC`. */
const procMagic = 0x9fa0;

/** Whether this is a host that runs, and not one that was recorded: only from itself can it be tried what it reaches. */
async function isRunning(proc: string): Promise<boolean> {
  try {
    return (await statfs(proc)).type === procMagic;
  } catch {
    return false;
  }
}

/** Whether something takes a TCP connection; nothing is sent. */
function reaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: probeTimeoutMs });
    const end = (isReached: boolean): void => {
      socket.destroy();
      resolve(isReached);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
