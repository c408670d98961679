import { Button } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useEffect, useState } from 'react';
import { Link, NavLink, useParams } from 'react-router';
import { useInbox, useInboxMessage, useMarkRead } from '../api/queries.ts';
import type { InboxJson, InboxMessageJson } from '../api/types.ts';
import { ListPage } from '../components/list-page.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Logo } from '../components/logo.tsx';
import { MessageText } from '../components/message-text.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { absolute } from '../format/time.ts';
import { counted } from '../format/words.ts';
import './inbox.css';

const step = 100;

/** Every message that was sent, as the person who got it saw it. */
export function Inbox(): ReactElement {
  const { id } = useParams();
  const [limit, setLimit] = useState(step);
  const query = useInbox(limit);
  return (
    <ListPage
      title="Inbox"
      what="the inbox"
      query={query}
      status={
        query.data !== undefined && `${counted(query.data.total, 'message')}, ${query.data.unread} unread`
      }
    >
      {(inbox) =>
        inbox.total === 0 && id === undefined ? (
          <Empty title="No messages yet">
            <p>
              What the alerts tell people appears here as they would see it.{' '}
              <Link to="/drills">Run a drill</Link> to get the first one.
            </p>
          </Empty>
        ) : (
          <div className="mail" data-reading={id === undefined ? undefined : true}>
            <List inbox={inbox} more={() => setLimit(limit + step)} />
            <div className="reading">
              {id === undefined ? <Empty title="Choose a message" /> : <Reading id={Number(id)} />}
            </div>
          </div>
        )
      }
    </ListPage>
  );
}

function List({ inbox, more }: { readonly inbox: InboxJson; readonly more: () => void }): ReactElement {
  return (
    <ul className="mail-list" aria-label="Messages" onKeyDown={moveFocus}>
      {inbox.items.map((message) => (
        <li key={message.id} data-severity={hueOf(message)} data-unread={message.read ? undefined : true}>
          <NavLink to={`/inbox/${message.id}`}>
            <span className="row spread small">
              <Status message={message} />
              <span className="dim">
                <Ago atMs={message.atMs} />
              </span>
            </span>
            <span className="subject clip">{message.title}</span>
            <span className="row spread small dim">
              <span className="clip">to {message.receiver}</span>
              {message.drill && <span className="drill-tag">Drill</span>}
            </span>
          </NavLink>
        </li>
      ))}
      {inbox.items.length < inbox.total && (
        <li className="more">
          <Button size="xs" variant="default" onClick={more}>
            Older messages
          </Button>
        </li>
      )}
    </ul>
  );
}

/** Up and down move from message to message. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  next.focus();
  event.preventDefault();
}

function Reading({ id }: { readonly id: number }): ReactElement {
  const query = useInboxMessage(id);
  if (!Number.isInteger(id)) return <Empty title="There is no such message" />;
  return (
    <Loaded query={query} what="load this message">
      {(message) => <Message message={message} />}
    </Loaded>
  );
}

function Message({ message }: { readonly message: InboxMessageJson }): ReactElement {
  const markRead = useMarkRead();
  const { id, read } = message;
  useEffect(() => {
    if (!read) markRead(id);
  }, [id, read, markRead]);
  return (
    <>
      <Link to="/inbox" className="small phone-only">
        ← Inbox
      </Link>
      <article className="panel">
        <div className="sender">
          <span className="face">
            <Logo size={24} />
          </span>
          <span className="stack tight">
            <span className="row wraps">
              <strong>Skopos</strong>
              <span className="dim small">to {message.receiver}</span>
              {message.drill && <span className="drill-tag">Drill: nothing is wrong</span>}
            </span>
            <time className="dim small" dateTime={new Date(message.atMs).toISOString()}>
              {absolute(message.atMs)} (<Ago atMs={message.atMs} />)
            </time>
          </span>
        </div>
        <div className="message" data-severity={hueOf(message)}>
          <h2 className="wrap">{message.title}</h2>
          <MessageText text={message.text} />
        </div>
      </article>
      <section className="panel stack tight">
        <h2>{counted(message.alerts.length, 'alert')} behind this message</h2>
        <ul className="plain-list">
          {message.alerts.map((alert) => (
            <li key={alert.fingerprint} className="row spread wraps">
              <Link to={`/alerts/${alert.fingerprint}`} className="wrap">
                {alert.labels['alertname'] ?? alert.fingerprint}
              </Link>
              <StateMark tone={alert.status === 'resolved' ? 'good' : 'bad'} label={alert.status} />
              <span className="mono small dim wrap">
                {Object.entries(alert.labels)
                  .filter(([name]) => name !== 'alertname')
                  .map(([name, value]) => `${name}=${value}`)
                  .join(' ')}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Status({ message }: { readonly message: InboxMessageJson }): ReactElement {
  return message.status === 'resolved' ? (
    <SeverityMark severity="resolved" />
  ) : (
    <SeverityMark severity={message.severity} />
  );
}

function hueOf({ status, severity }: InboxMessageJson): string {
  return status === 'resolved' ? 'resolved' : severity.toLowerCase() || 'unknown';
}
