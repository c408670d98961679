import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { read } from '../pages/query/prometheus.ts';
import { LabelChips } from './labels.tsx';
import { Loaded } from './loaded.tsx';
import { StateMark } from './severity.tsx';

type Labels = Readonly<Record<string, string>>;

interface Rule {
  readonly action: string;
  readonly source_labels: readonly string[];
  readonly separator: string;
  readonly regex: string;
  readonly target_label: string;
  readonly replacement: string;
  readonly modulus: number;
}

interface Step {
  readonly rule: Rule;
  readonly output: Labels;
  readonly keep: boolean;
}

/** What each relabelling rule of a job makes of labels that were discovered, until one drops them. */
export function RelabelSteps({
  job,
  labels,
}: {
  readonly job: string;
  readonly labels: Labels;
}): ReactElement {
  const text = JSON.stringify(labels);
  const query = useQuery({
    queryKey: ['monitoring', 'relabel-steps', job, text],
    queryFn: async ({ signal }) =>
      (
        await read<{ readonly steps: readonly Step[] }>(
          'v1/targets/relabel_steps',
          [
            ['scrapePool', job],
            ['labels', text],
          ],
          signal,
        )
      ).data.steps,
  });
  return (
    <Loaded query={query} what="load the relabelling steps">
      {(steps) => (
        <ol className="steps" aria-label="Relabelling, rule by rule">
          <li>
            <span className="small dim">Found, with what the job sets</span>
            <LabelChips labels={labels} />
          </li>
          {steps.map((step, index) => (
            <StepItem
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no other name than its place
              key={index}
              step={step}
              number={index + 1}
              before={steps[index - 1]?.output ?? labels}
            />
          ))}
          <End steps={steps} labels={labels} />
        </ol>
      )}
    </Loaded>
  );
}

function StepItem({
  step,
  number,
  before,
}: {
  readonly step: Step;
  readonly number: number;
  readonly before: Labels;
}): ReactElement {
  const changes = changesOf(before, step.output);
  return (
    <li data-state={step.keep ? undefined : 'failed'}>
      <span className="row wraps small">
        <span className="dim">{number}</span>
        <code className="wrap">{ruleText(step.rule)}</code>
      </span>
      {!step.keep && <StateMark tone="bad" label="dropped by this rule" />}
      {step.keep && Object.keys(changes.labels).length === 0 && (
        <span className="small dim">
          {step.rule.action.startsWith('keep') ? 'keeps it' : 'changes nothing'}
        </span>
      )}
      {step.keep && <LabelChips labels={changes.labels} marks={changes.marks} />}
    </li>
  );
}

function End({ steps, labels }: { readonly steps: readonly Step[]; readonly labels: Labels }): ReactElement {
  const last = steps.at(-1);
  if (last?.keep === false) return <li data-state="failed">This target is not scraped.</li>;
  const all = last?.output ?? labels;
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('__')));
  return (
    <li data-state="ok">
      <span className="small dim">Labels that its series carry</span>
      <LabelChips labels={{ instance: all['__address__'] ?? '', ...own }} />
    </li>
  );
}

/** The labels that a rule set, changed or took away. */
function changesOf(before: Labels, after: Labels) {
  const labels: Record<string, string> = {};
  const marks: Record<string, 'added' | 'changed' | 'removed'> = {};
  for (const [name, value] of Object.entries(after)) {
    if (before[name] === value) continue;
    labels[name] = value;
    marks[name] = before[name] === undefined ? 'added' : 'changed';
  }
  for (const [name, value] of Object.entries(before)) {
    if (after[name] !== undefined) continue;
    labels[name] = value;
    marks[name] = 'removed';
  }
  return { labels, marks };
}

/** `keep if [port] =~ web`, `job ← ${1} of [service] =~ (.+)`. */
function ruleText(rule: Rule): string {
  const from = `[${rule.source_labels.join(rule.separator === ';' ? ', ' : ` ${rule.separator} `)}]`;
  switch (rule.action) {
    case 'keep':
    case 'drop':
      return `${rule.action} if ${from} =~ ${rule.regex}`;
    case 'keepequal':
    case 'dropequal':
      return `${rule.action.replace('equal', '')} if ${from} = ${rule.target_label}`;
    case 'labeldrop':
    case 'labelkeep':
    case 'labelmap':
      return `${rule.action} ${rule.regex}${rule.action === 'labelmap' ? ` → ${rule.replacement}` : ''}`;
    case 'hashmod':
      return `${rule.target_label} ← hash of ${from} modulo ${rule.modulus}`;
    case 'lowercase':
    case 'uppercase':
      return `${rule.target_label} ← ${from} in ${rule.action}`;
    default:
      return rule.source_labels.length === 0
        ? `${rule.target_label} ← "${rule.replacement}"`
        : `${rule.target_label} ← ${rule.replacement} of ${from} =~ ${rule.regex}`;
  }
}
