import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';
import type { NamedObjectJson, PowerJson, ReachStepJson, SubjectJson, WayJson } from '../api/types.ts';
import { objectName } from '../format/words.ts';
import { resourcePath } from './control-rows.tsx';
import { StateMark, type Tone } from './severity.tsx';
import './posture.css';

const kindWords = { ServiceAccount: 'Service account', User: 'User', Group: 'Group' } as const;

/** `Service account shop/cart`. */
export function subjectWords({ kind, namespace, name }: Omit<SubjectJson, 'key'>): string {
  return `${kindWords[kind]} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** The page of whom access is given to. */
export function subjectPath(key: string): string {
  return `/access/subject?subject=${encodeURIComponent(key)}`;
}

export function ObjectLink({ named: { key, object } }: { readonly named: NamedObjectJson }): ReactElement {
  return <Link to={resourcePath(key)}>{objectName(object)}</Link>;
}

export const wayWords: Readonly<Record<WayJson['kind'], string>> = {
  'load-balancer': 'Load balancer',
  'node-port': 'Port of the nodes',
  'external-ip': 'External address',
  ingress: 'Ingress',
  gateway: 'Gateway',
  'host-network': 'Network of the host',
  'host-port': 'Port of the host',
};

/** Who may be at the other end of a way. */
export function scopeWords({ scope }: WayJson): string {
  if (typeof scope !== 'string') return `from ${scope.sources.join(', ')}`;
  const words = {
    outside: 'from outside',
    private: 'from the private network',
    nodes: 'from wherever nodes can be reached',
  };
  return words[scope];
}

const wayTones: Readonly<Record<WayJson['state'], Tone>> = {
  open: 'bad',
  'not-filtered': 'bad',
  limited: 'warn',
  closed: 'good',
};
const wayStates: Readonly<Record<WayJson['state'], string>> = {
  open: 'Open',
  'not-filtered': 'Not filtered',
  limited: 'Limited',
  closed: 'Closed',
};

const boxTones = { open: 'open', 'not-filtered': 'open', limited: undefined, closed: 'closed' } as const;

/** What network policies say of a way. */
export function WayMark({ state }: Pick<WayJson, 'state'>): ReactElement {
  return <StateMark tone={wayTones[state]} label={wayStates[state]} />;
}

/** Boxes from left to right with what leads from one to the next; one below the other on a phone. */
export function Chain({
  label,
  children,
}: {
  readonly label: string;
  readonly children: readonly ReactNode[];
}): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="path-picture" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

export function ChainBox({
  tone,
  children,
}: {
  readonly tone?: 'open' | 'unknown' | 'closed' | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="path-step stack tight" data-state={tone}>
      {children}
    </div>
  );
}

export function ChainArrow({ label }: { readonly label?: ReactNode }): ReactElement {
  return (
    <span className="path-arrow small">
      {label} <span aria-hidden="true">⟶</span>
    </span>
  );
}

/** One way from outside to a workload, drawn. */
export function WayPicture({
  way,
  target,
}: {
  readonly way: WayJson;
  readonly target: string;
}): ReactElement {
  const ports = way.ports.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');
  return (
    <Chain label={`${wayWords[way.kind]} to ${target}`}>
      <ChainBox tone={boxTones[way.state]}>
        <strong>{wayWords[way.kind]}</strong>
        <span className="small">{scopeWords(way)}</span>
        {way.hosts.length > 0 && <span className="small mono wrap">{way.hosts.join(', ')}</span>}
      </ChainBox>
      {way.through.flatMap((named) => [
        <ChainArrow key={`to ${named.key}`} />,
        <ChainBox key={named.key}>
          <span className="wrap">
            <ObjectLink named={named} />
          </span>
        </ChainBox>,
      ])}
      <ChainArrow label={ports} />
      <ChainBox tone={boxTones[way.state]}>
        <span className="row wraps">
          <WayMark state={way.state} />
        </span>
        <span className="small wrap">
          {way.policies.length === 0
            ? way.state === 'not-filtered'
              ? 'policies do not hold on the network of the host'
              : 'no network policy is in the way'
            : way.policies.map((named, index) => (
                <span key={named.key}>
                  {index > 0 && ', '}
                  <ObjectLink named={named} />
                </span>
              ))}
        </span>
      </ChainBox>
    </Chain>
  );
}

/** How somebody gets to do everything, step by step. */
export function ReachPicture({ steps }: { readonly steps: readonly ReachStepJson[] }): ReactElement {
  return (
    <Chain label="The way to everything">
      {steps.flatMap(({ from, power }) => [
        <ChainBox key={from.key}>
          <Link to={subjectPath(from.key)} className="wrap">
            {subjectWords(from)}
          </Link>
        </ChainBox>,
        <ChainArrow
          key={`${from.key} ${power.id}`}
          label={
            <>
              {power.title}, by <ObjectLink named={power.binding} />
            </>
          }
        />,
      ])}
      <ChainBox tone="open">
        <strong>Everything in the cluster</strong>
      </ChainBox>
    </Chain>
  );
}

/** Powers with where they hold and by what; the worst first. */
export function Powers({ powers }: { readonly powers: readonly PowerJson[] }): ReactElement {
  if (powers.length === 0) return <p className="dim">Nothing that goes beyond what its roles say.</p>;
  return (
    <ul className="plain-list">
      {powers.map((power) => (
        <li key={`${power.id} ${power.namespace} ${power.names.join()}`} className="verdict-item stack tight">
          <span className="row wraps">
            <StateMark
              tone={power.weight === 3 ? 'bad' : power.weight === 2 ? 'warn' : 'plain'}
              label={power.title}
            />
            <span className="small">
              {power.namespace === '' ? 'everywhere' : `in ${power.namespace}`}
              {power.names.length > 0 && `: ${power.names.join(', ')}`}
            </span>
          </span>
          <span className="small dim">{power.why}</span>
          <span className="small wrap">
            by <ObjectLink named={power.binding} />, which gives <ObjectLink named={power.role} />
          </span>
        </li>
      ))}
    </ul>
  );
}
