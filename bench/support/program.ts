import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A child process that serves HTTP on loopback. */
export interface Program {
  readonly url: string;
  /** From its start to the first 200 of the path that was asked for. */
  readonly readyMs: number;
  /** Resident memory in MiB: `now`, and the most that there ever was. NaN where the system has no /proc. */
  resident(): { readonly now: number; readonly peak: number };
  /** Processor time used so far, of all threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Answers 200 when the program is ready. */
  readonly readyPath: string;
  /** Where its output goes. */
  readonly logFile: string;
  readonly timeoutMs?: number;
}

const stopMs = 10_000;

/** Starts a program and waits until it is ready. @throws {Error} with the end of its log when it does not become so. */
export async function start(options: ProgramOptions): Promise<Program> {
  const { command, args, port, readyPath, logFile, timeoutMs = 60_000 } = options;
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(logFile, 'a');
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  while (!(await answers(`${url}${readyPath}`))) {
    if (child.exitCode !== null || performance.now() - startedMs > timeoutMs) {
      child.kill('SIGKILL');
      throw new Error(`${command} did not become ready:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    }
    await pause(20);
  }
  return {
    url,
    readyMs: performance.now() - startedMs,
    resident: () => ({ now: statusMiB(child, 'VmRSS'), peak: statusMiB(child, 'VmHWM') }),
    cpuSeconds: () => cpuSeconds(child),
    async stop() {
      process.off('exit', killWithUs);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function statusMiB(child: ChildProcess, field: string): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Math.round(
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024,
    );
  } catch {
    return Number.NaN;
  }
}

/** Fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuSeconds(child: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
