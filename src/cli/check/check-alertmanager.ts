import { dirname, resolve } from 'node:path';
import { checkTemplates } from '../../alerting/check-templates.ts';
import type { AlertingConfig } from '../../alerting/config/alerting-config.ts';
import { loadAlertingConfig } from '../../alerting/config/load-alerting-config.ts';
import { readText } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { CheckOutcome } from './outcome.ts';

/** Reads one `alertmanager.yml` and tries all of its templates on a sample. */
export function checkAlertmanager(file: string, cwd: string): CheckOutcome {
  const title = `Checking ${file}`;
  try {
    const path = resolve(cwd, file);
    const config = loadAlertingConfig(readText(path, 'Alertmanager configuration'), {
      file,
      baseDir: dirname(path),
    });
    checkTemplates(config);
    return { title, found: `SUCCESS: ${contents(config)}`, warnings: config.warnings, problems: [] };
  } catch (error) {
    return { title, warnings: [], problems: [messageOf(error)] };
  }
}

function contents({ receivers, inhibitRules, timeIntervals, templates }: AlertingConfig): string {
  const counts = [
    [receivers.length, 'receiver'],
    [inhibitRules.length, 'inhibit rule'],
    [timeIntervals.size, 'time interval'],
    [templates.length, 'template file'],
  ] as const;
  return `${counts.map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(', ')} found`;
}
