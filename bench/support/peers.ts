import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Program, start } from './program.ts';
import { alertmanagerYaml } from './webhook.ts';

const prometheus = '/usr/bin/prometheus';
const alertmanager = '/usr/bin/prometheus-alertmanager';

/** What is not installed; '' when both are. */
export function missingPeers(): string {
  return [prometheus, alertmanager].filter((file) => !existsSync(file)).join(' and ');
}

/**
 * Prometheus that scrapes Skopos each second and evaluates the same rule each second, and the Alertmanager that it sends to, with
 * the same grouping as ours.
 */
export async function startPeers(
  folder: string,
  skoposUrl: string,
  webhookUrl: string,
): Promise<readonly Program[]> {
  mkdirSync(folder, { recursive: true });
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const rules = `groups:
  - name: bench
    rules:
      - alert: SkoposNewHighFinding
        expr: skopos_new_finding{severity="high"} == 1
        labels: {severity: warning}
`;
  const config = `global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [${file('rules.yml', rules)}]
alerting:
  alertmanagers:
    - static_configs: [{targets: ['127.0.0.1:${alertmanagerPort}']}]
scrape_configs:
  - job_name: skopos
    honor_labels: true
    static_configs: [{targets: ['${new URL(skoposUrl).host}']}]
`;
  const router = await start({
    command: alertmanager,
    args: [
      `--config.file=${file('alertmanager.yml', alertmanagerYaml(webhookUrl))}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ],
    port: alertmanagerPort,
    readyPath: '/-/ready',
    logFile: join(folder, 'alertmanager.log'),
  });
  try {
    const server = await start({
      command: prometheus,
      args: [
        `--config.file=${file('prometheus.yml', config)}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${prometheusPort}`,
      ],
      port: prometheusPort,
      readyPath: '/-/ready',
      logFile: join(folder, 'prometheus.log'),
    });
    return [server, router];
  } catch (error) {
    await router.stop();
    throw error;
  }
}
