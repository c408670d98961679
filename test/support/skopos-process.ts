import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `node dist/main.js …`, a process of its own; killed after the test when it still runs. */
export class SkoposProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = '';
  #err = '';

  constructor(args: readonly string[], cwd: string) {
    const { INIT_CWD: _cwd, KUBERNETES_SERVICE_HOST: _cluster, ...env } = process.env;
    this.child = spawn(process.execPath, [join(root, 'dist/main.js'), ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.#out += String(chunk);
    });
    this.child.stderr?.on('data', (chunk) => {
      this.#err += String(chunk);
    });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve({ code, signal })),
    );
  }

  /** For tests: ends with them. */
  static start(args: readonly string[], cwd: string): SkoposProcess {
    const started = new SkoposProcess(args, cwd);
    onTestFinished(async () => {
      started.child.kill('SIGKILL');
      await started.ended;
    });
    return started;
  }

  get out(): string {
    return this.#out;
  }

  /** Standard error: the log, and why it ended. */
  get err(): string {
    return this.#err;
  }

  /** Waits until everything has been judged once. @throws when it ends before that. */
  async ready(url: string): Promise<void> {
    for (let tries = 0; tries < 2400; tries++) {
      if (this.child.exitCode !== null) break;
      const reply = await fetch(`${url}/-/ready`).catch(() => undefined);
      await reply?.arrayBuffer();
      if (reply?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`skopos did not become ready:\n${this.#out}${this.#err}`);
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
