import { join } from 'node:path';
import { freePort, type Program, start } from './program.ts';

export interface SkoposOptions {
  /** Objects from manifests in this folder … */
  readonly folder?: string;
  /** … or from the cluster of this kubeconfig. */
  readonly kubeconfig?: string;
  readonly data: string;
  readonly logFile: string;
  readonly alertmanager?: string;
  readonly prometheusConfig?: string;
  readonly readyPath?: string;
  /** A `skopos.yaml`. */
  readonly config?: string;
}

/** The program as it is shipped, built into dist/ of the working directory, as `skopos up` in a process of its own. */
export async function startSkopos(options: SkoposOptions): Promise<Program> {
  const { folder, kubeconfig, data, logFile, alertmanager, prometheusConfig } = options;
  const { readyPath = '/-/ready' } = options;
  const port = await freePort();
  const source = kubeconfig === undefined ? ['--folder', folder ?? ''] : ['--kubeconfig', kubeconfig];
  const args = [
    ...(process.env['SKOPOS_BENCH_NODE_OPTIONS']?.split(' ') ?? []),
    join(process.cwd(), 'dist/main.js'),
    'up',
    ...[...source, '--data', data, '--listen', `127.0.0.1:${port}`, '--log-level', 'warn'],
    ...(options.config === undefined ? [] : ['--config', options.config]),
    ...(alertmanager === undefined ? [] : ['--alertmanager', alertmanager]),
    ...(prometheusConfig === undefined ? [] : ['--prometheus-config', prometheusConfig]),
  ];
  return start({ command: process.execPath, args, port, readyPath, logFile, timeoutMs: 600_000 });
}
