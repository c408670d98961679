import type { AlertingConfig } from './alerting-config.ts';
import { loadAlertingConfig } from './load-alerting-config.ts';

/**
 * What is used when no `alertmanager.yml` is given: everything to the inbox, at once. A group is looked at every second, so that
 * what joins or leaves it shows as quickly.
 */
const text = `route:
  receiver: inbox
  group_by: [alertname, namespace]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 12h
receivers:
  - name: inbox
    inbox_configs:
      - send_resolved: true
`;

export function defaultAlertingConfig(): AlertingConfig {
  return loadAlertingConfig(text, { file: 'built-in alerting configuration', baseDir: '/' });
}
