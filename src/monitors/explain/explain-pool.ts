import { counted, type ExplainStep, type PoolView, step } from './explain-step.ts';

/** Dropped targets are put through the rules again for this many. */
const mostReplayed = 200;

/** The last steps of a section: what discovery found, what relabelling dropped and by which rule, and how scraping goes. */
export function explainPool(job: string, pool: PoolView | undefined): readonly ExplainStep[] {
  if (pool === undefined)
    return [step('discovered', `Were targets of ${job} found?`, 'waiting', 'the section is not loaded yet')];
  const steps = [discoveredStep(job, pool)];
  if (pool.discovered > 0) steps.push(relabellingStep(job, pool));
  if (pool.targets.length > 0) steps.push(scrapedStep(job, pool));
  return steps;
}

function discoveredStep(job: string, { problem, discovered }: PoolView): ExplainStep {
  const title = `Were targets of ${job} found?`;
  if (problem !== '') return step('discovered', title, 'failed', problem);
  return discovered > 0
    ? step('discovered', title, 'ok', `${counted(discovered, 'target')} before relabelling`)
    : step('discovered', title, 'failed', 'discovery found nothing');
}

function relabellingStep(job: string, pool: PoolView): ExplainStep {
  const title = `Did relabelling keep targets of ${job}?`;
  const kept = pool.targets.length;
  const rules = new Map<string, number>();
  for (const labels of pool.dropped.slice(0, mostReplayed)) {
    const steps = pool.steps(labels);
    const last = steps.at(-1);
    if (last === undefined || last.labels !== undefined) continue;
    const name = `rule ${steps.length}, ${formatRule(last.rule)}`;
    rules.set(name, (rules.get(name) ?? 0) + 1);
  }
  const items = [...rules]
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => `${counted(count, 'target')} dropped by ${rule}`);
  return step(
    'relabelling',
    title,
    kept > 0 ? 'ok' : 'failed',
    `${counted(kept, 'target')} kept, ${pool.droppedCount} dropped`,
    items,
  );
}

function scrapedStep(job: string, { targets }: PoolView): ExplainStep {
  const title = `Are targets of ${job} scraped?`;
  const of = (health: string) => targets.filter((target) => target.health === health);
  const [up, down, unknown] = [of('up'), of('down'), of('unknown')];
  const state = down.length > 0 ? (up.length > 0 ? 'warning' : 'failed') : up.length > 0 ? 'ok' : 'waiting';
  return step(
    'scraped',
    title,
    state,
    `${up.length} up, ${down.length} down, ${unknown.length} not scraped yet`,
    down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`),
  );
}

/** `keep __meta_kubernetes_endpoint_port_name = web`. */
export function formatRule(rule: unknown): string {
  const { action, source_labels, regex, target_label } = rule as {
    readonly action?: string;
    readonly source_labels?: readonly string[];
    readonly regex?: string;
    readonly target_label?: string;
  };
  const from = (source_labels ?? []).join(', ');
  return action === 'keepequal' || action === 'dropequal'
    ? `${action} ${from} = ${target_label ?? ''}`
    : `${action ?? 'replace'} ${from} =~ ${regex ?? ''}`;
}
