import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './skopos-process.ts';

const debianFolder = '/usr/lib/postgresql';

/** Where Debian keeps the newest server's programs; undefined where none is installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(debianFolder)) return undefined;
  const newest = readdirSync(debianFolder)
    .filter((version) => existsSync(join(debianFolder, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(debianFolder, newest, 'bin');
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user for it. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export interface PostgresServerOptions {
  /** Puts more into the data folder before the start. */
  readonly prepare?: (dataFolder: string) => void;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real PostgreSQL on a port of its own, with a data folder that is gone after the test. */
export class PostgresServer {
  readonly url: string;
  readonly #programs: string;
  readonly #dir: string;
  readonly #port: number;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(
    programs: string,
    dir: string,
    options: { port: number; settings: Readonly<Record<string, string>> },
  ) {
    const { port, settings } = options;
    this.#settings = settings;
    this.#programs = programs;
    this.#dir = dir;
    this.#port = port;
    this.url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  }

  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const programs = postgresPrograms();
    if (programs === undefined) throw new Error('install the Debian package postgresql');
    const dir = mkdtempSync(join(tmpdir(), 'skopos-postgres-'));
    const { uid, gid } = owner();
    if (uid !== undefined && gid !== undefined) chownSync(dir, uid, gid);
    execFileSync(
      join(programs, 'initdb'),
      [
        '-D',
        join(dir, 'data'),
        '-A',
        'trust',
        '-U',
        'postgres',
        '--no-sync',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
      ],
      { ...owner(), cwd: dir, stdio: 'pipe' },
    );
    const server = new PostgresServer(programs, dir, {
      port: await freePort(),
      settings: options.settings ?? {},
    });
    options.prepare?.(server.dataFolder);
    for (const file of readdirSync(server.dataFolder))
      if (uid !== undefined && gid !== undefined) chownSync(join(server.dataFolder, file), uid, gid);
    onTestFinished(async () => {
      server.resume();
      await server.kill();
      rmSync(dir, { recursive: true, force: true });
    });
    await server.run();
    return server;
  }

  /** Starts it, again after {@link kill}. Resolves when it answers. */
  async run(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.#port,
      unix_socket_directories: this.#dir,
      fsync: 'off',
      max_connections: 50,
      ...this.#settings,
    };
    this.#child = spawn(
      join(this.#programs, 'postgres'),
      [
        '-D',
        join(this.#dir, 'data'),
        ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      { ...owner(), cwd: this.#dir, stdio: 'ignore' },
    );
    for (let tries = 0; tries < 300; tries++) {
      try {
        execFileSync(join(this.#programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(this.#port)]);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error('PostgreSQL did not start');
  }

  get dataFolder(): string {
    return join(this.#dir, 'data');
  }

  get isDown(): boolean {
    return this.#child === undefined;
  }

  /** Ends it and every connection at once, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGQUIT');
    await ended;
    this.#child = undefined;
  }

  /** Stops every process of it where it is: connections stay open, and nothing answers. */
  hang(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** @returns the rows, columns apart by `|` */
  sql(text: string): string[] {
    const args = ['-h', '127.0.0.1', '-p', String(this.#port), '-U', 'postgres', '-AtqX', '-c', text];
    return execFileSync(join(this.#programs, 'psql'), args, { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  }

  #signal(name: NodeJS.Signals): void {
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  /** The server's process and those that it made. */
  #pids(): number[] {
    const main = this.#child?.pid;
    if (main === undefined) return [];
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => parentOf(pid) === main)
      .map(Number);
    return [main, ...children];
  }
}

function parentOf(pid: string): number {
  try {
    // The name in parentheses may have spaces.
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}
