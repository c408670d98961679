import { resolve } from 'node:path';
import { readText } from '../../config/load-config.ts';
import { lintDashboard, problemText } from '../../dashboards/lint/lint-dashboard.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { CheckOutcome } from './outcome.ts';

/**
 * Lints one dashboard in Grafana's classic JSON.
 *
 * @param metrics every metric that there is; undefined to look at expressions alone
 */
export function checkDashboard(
  file: string,
  cwd: string,
  metrics: ReadonlySet<string> | undefined,
): CheckOutcome {
  const title = `Checking ${file}`;
  try {
    const problems = lintDashboard(JSON.parse(readText(resolve(cwd, file), 'dashboard')), {
      ...(metrics === undefined ? {} : { metrics }),
    });
    const of = (level: 'error' | 'warning') =>
      problems
        .filter((problem) => problem.level === level)
        .map((problem) => `${file}: ${problemText(problem)}`);
    return { title, warnings: of('warning'), problems: of('error') };
  } catch (error) {
    const words = error instanceof SyntaxError ? `this is not JSON: ${error.message}` : messageOf(error);
    return { title, warnings: [], problems: [`${file}: ${words}`] };
  }
}
