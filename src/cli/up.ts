import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { type ConfigFlags, loadConfig } from '../config/load-config.ts';
import { BadInputError, messageOf, UnavailableError } from '../kit/app-error.ts';
import { createLogger } from '../log/logger.ts';
import { createEmbedded, type Embedded } from '../roles/embedded.ts';
import { chooseSource, type SourceChoice } from '../roles/object-source.ts';
import { packageFolder } from '../roles/paths.ts';
import { reloadConfig } from '../roles/reload.ts';
import { createWebServer } from '../roles/web-server.ts';
import { colours as pc } from './colours.ts';
import type { AddCommand } from './program.ts';

/** `skopos up`: the whole chain in one process, until SIGTERM. */
export const upCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('up')
    .description('watch a cluster or a folder of manifests, judge, alert, and serve pages and APIs')
    .option('--config <file>', 'configuration file (skopos.yaml of this folder when it is there)')
    .option('--folder <dir>', 'take objects from manifests in this folder')
    .option('--kubeconfig <file>', 'take objects from the cluster of this kubeconfig')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--cluster <name>', "the cluster's name in findings")
    .option('--listen <address>', 'host:port (127.0.0.1:9600)')
    .option('--data <dir>', 'where state is kept (.skopos/<cluster>)')
    .option('--alertmanager <file>', 'an alertmanager.yml; everything goes to the inbox without one')
    .option('--prometheus-config <file>', 'a prometheus.yml: what is scraped, and its rule files')
    .option('--config.file <file>', "the same, under Prometheus' name")
    .option('--rules <file...>', 'Prometheus rule files, beside those that are shipped')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent')
    .action((flags: ConfigFlags) => up(flags, cwd, signal));
};

async function up(flags: ConfigFlags, cwd: string, signal: AbortSignal): Promise<void> {
  const startedAtMs = performance.timeOrigin;
  const config = loadConfig(flags, cwd);
  const log = createLogger(config.log_level);
  const choice = await chooseSource(config, process.env);
  const data =
    config.data ?? (cwd === process.cwd() ? undefined : `${cwd}/.skopos/${config.cluster ?? choice.cluster}`);
  const embedded = createEmbedded({
    config: { ...config, ...(data === undefined ? {} : { data }) },
    choice,
    log,
    startedAtMs,
  });
  const reload = (): void => reloadConfig(embedded, flags, cwd);
  const app = createWebServer(embedded, reload);

  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  const onHangup = (): void => {
    try {
      reload();
    } catch {
      // reloadConfig has said what is wrong; what ran before runs on.
    }
  };
  process.on('SIGHUP', onHangup);
  const running = embedded.run(all);
  try {
    const { host, port } = config.address;
    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      throw listenProblem(error, config.listen);
    });
    const bound = (app.server.address() as AddressInfo).port;
    process.stdout.write(welcome(embedded, choice, cwd, bound));
    embedded.inventory.onReady(() =>
      log.info({ objects: embedded.inventory.size, afterMs: Math.round(Date.now() - startedAtMs) }, 'ready'),
    );
    await running;
  } finally {
    process.off('SIGHUP', onHangup);
    stop.abort();
    await app.close().catch((error) => log.warn({ problem: messageOf(error) }, 'server did not close'));
    await running.catch(() => undefined);
  }
  await running;
}

function listenProblem(error: NodeJS.ErrnoException, address: string): Error {
  if (error.code === 'EADDRINUSE')
    return new UnavailableError(
      `${address} is taken by another program; stop it, or choose another with --listen`,
      { cause: error },
    );
  if (error.code === 'EACCES')
    return new UnavailableError(
      `no permission to listen on ${address}; choose a port above 1023 with --listen`,
      { cause: error },
    );
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new BadInputError('listen', `${address} is no address of this machine`, { cause: error });
  return error;
}

function welcome(
  { externalURL, config, cluster }: Embedded,
  choice: SourceChoice,
  cwd: string,
  port: number,
): string {
  const url = config.external_url ?? externalURL.replace(/:\d+$/, `:${port}`);
  const from =
    choice.kind === 'folder'
      ? `manifests in ${relative(cwd, choice.folder) || '.'}`
      : `the cluster "${cluster}"`;
  // In a clone the program is not on the path.
  const command = existsSync(`${packageFolder}src/main.ts`) ? 'bin/skopos' : 'skopos';
  const lines = [`${pc.bold('Skopos')} watches ${from}`, '', `  pages and APIs   ${pc.cyan(url)}`];
  if (choice.kind === 'folder' && choice.isExample) {
    const file = relative(cwd, `${choice.folder}/cart/deployment.yaml`);
    lines.push(
      '',
      `Try: set "privileged: true" in ${file} and see the page arrive in ${pc.cyan(`${url}/inbox`)}; set it back and see it resolve.`,
    );
  }
  lines.push(
    `     ${pc.dim(`${command} drill`)} proves the chain from end to end; ${pc.dim(`${command} up --help`)} has your own cluster, rules and receivers.`,
  );
  return `${lines.join('\n')}\n\n`;
}
