import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useRelations } from '../api/relations.ts';
import type { RelationsJson, TrafficJson } from '../api/types.ts';
import { count, listed, objectName } from '../format/words.ts';
import { Loaded } from './loaded.tsx';
import { ObjectLink, Powers, subjectPath, subjectWords, WayPicture } from './relations.tsx';
import { StateMark } from './severity.tsx';

/** How many objects of one relation are listed. */
const mostListed = 20;

/** What an object hangs together with: others, the ways to it, the traffic that is let through, what it may do. */
export function RelationsPanel({ subject }: { readonly subject: string }): ReactElement {
  const query = useRelations(subject);
  return (
    <Loaded query={query} what="load what it hangs together with">
      {(relations) => <Body relations={relations} />}
    </Loaded>
  );
}

function Body({ relations }: { readonly relations: RelationsJson }): ReactElement {
  const { related, network, access, object } = relations;
  const groups = grouped(related);
  return (
    <div className="stack">
      {network !== undefined && (
        <section className="panel">
          <header>
            <h2>Ways to it from outside</h2>
          </header>
          {network.ways.length === 0 && (
            <p className="dim">None: it can be reached from within the cluster only.</p>
          )}
          {network.ways.map((way) => (
            <WayPicture
              key={`${way.kind} ${way.through.map(({ key }) => key).join(' ')}`}
              way={way}
              target={objectName(object)}
            />
          ))}
          <Traffic
            title="Who may connect to it"
            traffic={network.ingress}
            everyone="Everyone in the cluster: no policy limits it."
          />
          <Traffic
            title="Whom it may connect to"
            traffic={network.egress}
            everyone="Everyone, in the cluster and outside: no policy limits it."
          />
          {network.notEvaluated.length > 0 && (
            <p className="warning">{listed(network.notEvaluated)} are not evaluated, and may close more.</p>
          )}
        </section>
      )}
      {access !== undefined && (
        <section className="panel">
          <header>
            <h2 className="wrap">
              What it may do as{' '}
              <Link to={subjectPath(access.subject.key)}>{subjectWords(access.subject).toLowerCase()}</Link>
            </h2>
            {access.leadsToCluster && <StateMark tone="bad" label="Leads to everything" />}
          </header>
          <Powers powers={access.powers} />
        </section>
      )}
      {related.length > 0 && (
        <section className="panel">
          <header>
            <h2>What it hangs together with</h2>
          </header>
          <dl className="defs small">
            {[...groups].map(([relation, others]) => (
              <Group key={relation} relation={relation} others={others} />
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

type Related = RelationsJson['related'][number];

function Group({
  relation,
  others,
}: {
  readonly relation: string;
  readonly others: readonly Related[];
}): ReactElement {
  return (
    <>
      <dt>{relation}</dt>
      <dd className="wrap">
        {others.slice(0, mostListed).map((other, index) => (
          <span key={other.key}>
            {index > 0 && ', '}
            {other.isHeld ? (
              <ObjectLink named={other} />
            ) : (
              <span className="dim">{objectName(other.object)} (not there)</span>
            )}
          </span>
        ))}
        {others.length > mostListed && ` and ${count(others.length - mostListed)} more`}
      </dd>
    </>
  );
}

function Traffic({
  title,
  traffic: { isLimited, rules, denying },
  everyone,
}: {
  readonly title: string;
  readonly traffic: TrafficJson;
  readonly everyone: string;
}): ReactElement {
  return (
    <div className="verdict-item stack tight">
      <strong>{title}</strong>
      {!isLimited && <span className="small">{everyone}</span>}
      {isLimited && rules.length === 0 && (
        <span className="small wrap">
          Nobody:{' '}
          {denying.map((named, index) => (
            <span key={named.key}>
              {index > 0 && ', '}
              <ObjectLink named={named} />
            </span>
          ))}{' '}
          lets nothing through.
        </span>
      )}
      {rules.map(({ policy, peers, ports }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name but their place
        <span key={index} className="small wrap">
          {peers.length === 0 ? 'everyone' : peers.join('; ')}, {ports}, by <ObjectLink named={policy} />
        </span>
      ))}
    </div>
  );
}

function grouped(related: readonly Related[]): Map<string, Related[]> {
  const groups = new Map<string, Related[]>();
  for (const one of related) {
    const known = groups.get(one.relation);
    if (known === undefined) groups.set(one.relation, [one]);
    else known.push(one);
  }
  return groups;
}
