import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';
import type { OverviewJson } from '../api/types.ts';
import { duration } from '../format/time.ts';
import { count, counted, listed } from '../format/words.ts';
import { StateMark, severities, type Tone } from './severity.tsx';
import { Ago } from './time.tsx';

/** The two questions that bring people here, each answered in a sentence. */
export function Answers({ overview }: { readonly overview: OverviewJson }): ReactElement {
  const safe = safety(overview);
  const told = telling(overview);
  return (
    <section className="answers" aria-label="In short">
      <Answer tone={safe.tone} title="Is it safe?">
        {safe.text}
      </Answer>
      <Answer tone={told.tone} title="Would I be told?">
        {told.text}
      </Answer>
    </section>
  );
}

interface Said {
  readonly tone: Tone;
  readonly text: ReactNode;
}

function Answer({
  tone,
  title,
  children,
}: {
  readonly tone: Tone;
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="answer" data-tone={tone}>
      <StateMark tone={tone} label={title} />
      <p>{children}</p>
    </div>
  );
}

function safety({ findings, verdicts, source }: OverviewJson): Said {
  const { critical, high } = findings.open;
  const fresh = severities.reduce((sum, severity) => sum + findings.newToday[severity], 0);
  if (source.objects === 0 || verdicts.pass + verdicts.fail + verdicts.unknown === 0) {
    return { tone: 'plain', text: 'Nobody knows yet: nothing has been judged.' };
  }
  const today =
    fresh === 0 ? 'Nothing new today.' : <Link to="/findings?new=1">{count(fresh)} new today.</Link>;
  if (critical + high > 0) {
    return {
      tone: critical > 0 ? 'bad' : 'warn',
      text: (
        <>
          <Urgent critical={critical} high={high} /> {today}
        </>
      ),
    };
  }
  if (verdicts.unknown > 0) {
    return {
      tone: 'warn',
      text: (
        <>
          No critical or high finding is open, but {counted(verdicts.unknown, 'verdict')} could not be
          reached. {today}
        </>
      ),
    };
  }
  return { tone: 'good', text: <>No critical or high finding is open. {today}</> };
}

/** `3 critical and 12 high findings are open.`, each number a link. */
function Urgent({ critical, high }: { readonly critical: number; readonly high: number }): ReactElement {
  const noun = (critical > 0 && high > 0 ? high : critical + high) === 1 ? 'finding' : 'findings';
  return (
    <>
      {critical > 0 && <Link to="/findings?severity=critical">{count(critical)} critical</Link>}
      {critical > 0 && high > 0 && ' and '}
      {high > 0 && <Link to="/findings?severity=high">{count(high)} high</Link>} {noun}{' '}
      {critical + high === 1 ? 'is' : 'are'} open.
    </>
  );
}

function telling({ parts, lastDrill }: OverviewJson): Said {
  const failed = parts.filter(({ state }) => state === 'failed').map(({ name }) => name);
  const degraded = parts.filter(({ state }) => state === 'degraded').map(({ name }) => name);
  const trouble = [
    ...(failed.length > 0 ? [`${partsNamed(failed)} failed`] : []),
    ...(degraded.length > 0
      ? [`${partsNamed(degraded)} ${degraded.length === 1 ? 'is' : 'are'} degraded`]
      : []),
  ];
  const drill = lastDrillText(lastDrill);
  if (trouble.length > 0) {
    return {
      tone: failed.length > 0 ? 'bad' : 'warn',
      text: (
        <>
          Not for certain: {trouble.join('; ')}. {drill.text}
        </>
      ),
    };
  }
  if (parts.some(({ state }) => state === 'starting'))
    return { tone: 'plain', text: <>Still starting. {drill.text}</> };
  if (drill.tone === 'bad') return drill;
  return { tone: drill.tone, text: <>Every part of the chain works. {drill.text}</> };
}

function partsNamed(names: readonly string[]): string {
  return `${names.length === 1 ? 'the part' : 'the parts'} ${listed(names)}`;
}

function lastDrillText(drill: OverviewJson['lastDrill']): Said {
  if (drill === undefined) {
    return {
      tone: 'plain',
      text: (
        <>
          No drill has proved it yet: <Link to="/drills">run one</Link>.
        </>
      ),
    };
  }
  const when = <Ago atMs={drill.startedAtMs} />;
  if (drill.state === 'running')
    return {
      tone: 'plain',
      text: (
        <>
          A <Link to="/drills">drill</Link> is running.
        </>
      ),
    };
  if (drill.state === 'stopped') {
    return {
      tone: 'bad',
      text: (
        <>
          The last <Link to="/drills">drill</Link>, {when}, did not arrive: {drill.problem}
        </>
      ),
    };
  }
  const tookMs = Math.max(0, ...drill.hops.map(({ afterMs }) => afterMs ?? 0));
  return {
    tone: 'good',
    text: (
      <>
        The last <Link to="/drills">drill</Link>, {when}, arrived in {duration(tookMs)}.
      </>
    ),
  };
}
