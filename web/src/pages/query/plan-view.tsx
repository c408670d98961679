import type { ReactElement } from 'react';
import { duration } from '../../format/time.ts';
import { count } from '../../format/words.ts';
import type { PlanNode } from './prometheus.ts';

/** The parts of a query as a tree, each with the time it took itself, as a share of all, and what went through it. */
export function PlanView({ plan }: { readonly plan: PlanNode }): ReactElement {
  return (
    <div className="plan">
      <ul className="plain-list">
        <Part node={plan} totalMs={Math.max(plan.ms, 0.001)} />
      </ul>
    </div>
  );
}

function Part({ node, totalMs }: { readonly node: PlanNode; readonly totalMs: number }): ReactElement {
  const ownMs = Math.max(
    0,
    node.children.reduce((left, child) => left - child.ms, node.ms),
  );
  const share = Math.min(100, (100 * ownMs) / totalMs);
  return (
    <li>
      <div className="plan-part">
        <div className="plan-text">
          <code className="wrap">{node.expression}</code>
          <span className="small dim wrap">
            {node.kind}
            {node.detail !== '' && ` · ${node.detail}`}
          </span>
        </div>
        <div className="plan-figures small">
          <span className="plan-bar" title={`${share.toFixed(0)} % of the query's time`}>
            <i style={{ width: `${share}%` }} />
          </span>
          <span>
            {duration(ownMs)} <span className="dim">of {duration(node.ms)}</span>
          </span>
          <span className="dim">
            {count(node.seriesIn)} → {count(node.seriesOut)} series, {count(node.samplesIn)} →{' '}
            {count(node.samplesOut)} samples
          </span>
        </div>
      </div>
      {node.children.length > 0 && (
        <ul className="plain-list">
          {node.children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a plan does not change
            <Part key={index} node={child} totalMs={totalMs} />
          ))}
        </ul>
      )}
    </li>
  );
}
