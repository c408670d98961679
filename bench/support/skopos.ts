import { join } from 'node:path';
import { freePort, type Program, start } from './program.ts';

export interface SkoposOptions {
  readonly folder: string;
  readonly data: string;
  readonly logFile: string;
  readonly alertmanager?: string;
  readonly prometheusConfig?: string;
  readonly readyPath?: string;
}

/** The program as it is shipped, built into dist/ of the working directory, as `skopos up` in a process of its own. */
export async function startSkopos(options: SkoposOptions): Promise<Program> {
  const { folder, data, logFile, alertmanager, prometheusConfig, readyPath = '/-/ready' } = options;
  const port = await freePort();
  const args = [
    ...(process.env['SKOPOS_BENCH_NODE_OPTIONS']?.split(' ') ?? []),
    join(process.cwd(), 'dist/main.js'),
    'up',
    ...['--folder', folder, '--data', data, '--listen', `127.0.0.1:${port}`, '--log-level', 'warn'],
    ...(alertmanager === undefined ? [] : ['--alertmanager', alertmanager]),
    ...(prometheusConfig === undefined ? [] : ['--prometheus-config', prometheusConfig]),
  ];
  return start({ command: process.execPath, args, port, readyPath, logFile, timeoutMs: 120_000 });
}
