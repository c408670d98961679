import type { Span } from './ast.ts';
import type { Evaluation } from './evaluation.ts';

/** What is said of native histograms beside a result. The words are Prometheus', as users' alerts and tests look for them. */
export type HistogramRemark =
  | 'mixed-samples'
  | 'mixed-buckets'
  | 'not-counter'
  | 'not-gauge'
  | 'histograms-ignored'
  | 'reconciled-addition'
  | 'reconciled-subtraction'
  | 'reconciled-aggregation'
  | 'conflict-addition'
  | 'conflict-subtraction'
  | 'conflict-aggregation';

/** Tells a remark about a series; `name` is its metric's, where the words name it. */
export function remarkHistogram(
  { annotations }: Evaluation,
  remark: HistogramRemark,
  name: string,
  span: Span,
): void {
  const quoted = JSON.stringify(name);
  switch (remark) {
    case 'mixed-samples':
      annotations.warn(`encountered a mix of histograms and floats for metric name ${quoted}`, span);
      break;
    case 'mixed-buckets':
      annotations.warn(
        `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quoted}`,
        span,
      );
      break;
    case 'not-counter':
      annotations.warn(`this native histogram metric is not a counter: ${quoted}`, span);
      break;
    case 'not-gauge':
      annotations.warn(`this native histogram metric is not a gauge: ${quoted}`, span);
      break;
    case 'histograms-ignored':
      annotations.info(
        `ignored histograms in a range containing both floats and histograms for metric name ${quoted}`,
        span,
      );
      break;
    default: {
      const [what = '', operation = ''] = remark.split('-');
      if (what === 'reconciled')
        annotations.info(`mismatched custom buckets were reconciled during ${operation}`, span);
      else annotations.warn(`conflicting counter resets during histogram ${operation}`, span);
    }
  }
}

/** ` for metric name "…"`, or nothing where the name is gone. */
export function aboutMetric(name: string): string {
  return name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
}
