import { expect, it, onTestFinished } from 'vitest';
import { sampleNotification, sendOnce } from '../../../test/support/notify.ts';
import { openDatabase } from '../../store/open.ts';
import { InboxStore } from '../inbox-store.ts';

it('keeps what was sent once, newest first, within its bound', async () => {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  const inbox = new InboxStore(database, { maxMessages: 3 });
  const heard: number[] = [];
  inbox.subscribe(({ id }) => heard.push(id));
  const message = (title: string) => ({
    atMs: 1,
    receiver: 'ops',
    status: 'firing' as const,
    title,
    text: '',
    severity: '',
    alerts: [],
    drill: false,
  });
  for (const title of ['a', 'b', 'b', 'c', 'd']) inbox.add(title, message(title));
  expect(inbox.list().items.map(({ title }) => title)).toEqual(['d', 'c', 'b']);
  expect(inbox.list({ offset: 1, limit: 1 })).toMatchObject({ total: 3, unread: 3, items: [{ title: 'c' }] });
  expect(heard).toHaveLength(4);
  const id = inbox.list().items[0]?.id ?? 0;
  expect(inbox.markRead(id)).toBe(1);
  expect(inbox.get(id)?.read).toBe(true);
  expect(inbox.list().unread).toBe(2);
  expect(inbox.markRead('all')).toBe(2);
  expect(inbox.get(99_999)).toBeUndefined();
});

it('keeps title, text, alerts and the gravest severity, and says when a template failed', async () => {
  const { inbox } = await sendOnce('inbox', { title: '{{ .Status }}', text: '{{ .Nope }}' });
  const [message] = inbox.list().items;
  expect(message).toMatchObject({ title: 'firing', severity: 'critical', receiver: 'ops', status: 'firing' });
  expect(message?.text).toContain('instance: a');
  expect(message?.text).toMatch(/template failed, .*text: .*Nope/s);
  expect(message?.alerts).toHaveLength(sampleNotification.alerts.length);
});
