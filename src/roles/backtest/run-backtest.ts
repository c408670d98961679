import type { AlertingConfig } from '../../alerting/config/alerting-config.ts';
import type { BacktestProgress, BacktestResult } from '../../model/backtest.ts';
import type { Labels } from '../../model/labels.ts';
import { backtestRules } from '../../rules/backtest/backtest-rules.ts';
import type { History } from '../../rules/backtest/history.ts';
import type { RuleFile } from '../../rules/rule-file.ts';
import { VirtualRouting } from './virtual-routing.ts';

export interface RunBacktestOptions {
  readonly files: readonly RuleFile[];
  readonly history: History;
  readonly alerting: AlertingConfig;
  readonly startMs: number;
  readonly endMs: number;
  readonly evaluationIntervalMs: number;
  readonly externalLabels: Labels;
  readonly signal: AbortSignal;
  readonly progress?: (progress: BacktestProgress) => void;
}

/** Rules over stored history, and the routing that they would have met. @throws what the history throws, and on abort. */
export async function runBacktest({ alerting, ...options }: RunBacktestOptions): Promise<BacktestResult> {
  const { startMs, externalLabels } = options;
  let routing: VirtualRouting | undefined;
  try {
    return await backtestRules({
      ...options,
      routing(firstMs, intervalMs) {
        routing = new VirtualRouting({ config: alerting, firstMs, startMs, externalLabels, intervalMs });
        return routing;
      },
    });
  } finally {
    routing?.close();
  }
}
