import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useSubjectAccess } from '../api/relations.ts';
import type { SubjectAccessJson } from '../api/types.ts';
import { Loaded } from '../components/loaded.tsx';
import { ObjectLink, Powers, ReachPicture, subjectPath, subjectWords } from '../components/relations.tsx';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import './finding.css';

/** One subject: what its roles allow, what that is worth, and whom it can act as. */
export function Subject(): ReactElement {
  const key = useUrlState().get('subject');
  const query = useSubjectAccess(key);
  useTitle(query.data === undefined ? 'Access' : subjectWords(query.data.subject));
  return (
    <div className="page">
      <Link to="/access" className="small">
        ← Access
      </Link>
      <Loaded query={query} what="load what this subject may do">
        {(data) => <Body data={data} />}
      </Loaded>
    </div>
  );
}

function Body({ data }: { readonly data: SubjectAccessJson }): ReactElement {
  const { subject, powers, permissions, workloads, unknownRoles, reaches, toCluster, isCut } = data;
  return (
    <>
      <header className="detail-head">
        <h1 className="wrap">{subjectWords(subject)}</h1>
        <p className="dim small">
          {counted(permissions.length, 'role')} given, {counted(powers.length, 'power')} beyond their words,
          can act as {isCut ? 'more than ' : ''}
          {counted(reaches.length, 'other')}
        </p>
      </header>
      {toCluster !== undefined && (
        <section className="panel">
          <header>
            <h2>The shortest way to everything</h2>
          </header>
          <ReachPicture steps={toCluster} />
        </section>
      )}
      <div className="detail">
        <div className="stack">
          <section className="panel">
            <header>
              <h2>What it may do beyond its looks</h2>
            </header>
            <Powers powers={powers} />
          </section>
          <section className="panel">
            <header>
              <h2>What its roles allow</h2>
            </header>
            {permissions.length === 0 && <p className="dim">No binding that is there gives it a role.</p>}
            {permissions.map((permission) => (
              <Permission
                key={`${permission.binding.key} ${permission.group ?? ''}`}
                permission={permission}
              />
            ))}
            {unknownRoles.map(({ binding, role }) => (
              <p key={`${binding.key} ${role.key}`} className="warning">
                Unknown: <ObjectLink named={binding} /> gives <ObjectLink named={role} />, which is not there.
              </p>
            ))}
          </section>
        </div>
        <div className="stack">
          <section className="panel">
            <header>
              <h2>Whom it can act as</h2>
            </header>
            {reaches.length === 0 && <p className="dim">Nobody else.</p>}
            <ul className="plain-list">
              {reaches.slice(0, 100).map(({ from, to, power }) => (
                <li key={to?.key} className="wrap">
                  {to !== undefined && <Link to={subjectPath(to.key)}>{subjectWords(to)}</Link>}{' '}
                  <span className="small dim">
                    {from.key === subject.key ? '' : `as ${subjectWords(from)}, which `}
                    {power.title}
                  </span>
                </li>
              ))}
            </ul>
            {reaches.length > 100 && <p className="small dim">and {count(reaches.length - 100)} more</p>}
          </section>
          <section className="panel">
            <header>
              <h2>What runs as it</h2>
            </header>
            {workloads.length === 0 && <p className="dim">Nothing.</p>}
            <ul className="plain-list">
              {workloads.slice(0, 100).map((named) => (
                <li key={named.key} className="wrap">
                  <ObjectLink named={named} />
                </li>
              ))}
            </ul>
            {workloads.length > 100 && <p className="small dim">and {count(workloads.length - 100)} more</p>}
          </section>
        </div>
      </div>
    </>
  );
}

function Permission({
  permission,
}: {
  readonly permission: SubjectAccessJson['permissions'][number];
}): ReactElement {
  const { binding, role, group, namespace, rules } = permission;
  return (
    <div className="verdict-item stack tight">
      <span className="wrap">
        <ObjectLink named={role} />{' '}
        <span className="small dim">
          {namespace === '' ? 'everywhere' : `in ${namespace}`}, by <ObjectLink named={binding} />
          {group !== undefined && `, as one of the group ${group}`}
        </span>
      </span>
      <ul className="plain-list small mono">
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name but their place
          <li key={index} className="wrap">
            {rule.verbs.join(', ')} {targetOf(rule)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function targetOf(rule: SubjectAccessJson['permissions'][number]['rules'][number]): string {
  if (rule.nonResourceURLs.length > 0 && rule.resources.length === 0) return rule.nonResourceURLs.join(', ');
  const groups = rule.apiGroups.filter((group) => group !== '').join(', ');
  const names = rule.resourceNames.length === 0 ? '' : ` named ${rule.resourceNames.join(', ')}`;
  return `${rule.resources.join(', ')}${groups === '' ? '' : ` of ${groups}`}${names}`;
}
