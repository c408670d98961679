import { describe, expect, it } from 'vitest';
import { KubeError } from './kube-error.ts';
import { PageSize } from './page-size.ts';
import { readWatchLines } from './watch-lines.ts';

const line = (type: string, name: string, version: string) =>
  JSON.stringify({ type, object: { metadata: { name, resourceVersion: version } } });

describe('lines of a watch', () => {
  it('are puts, deletes and bookmarks, of which the last version counts', () => {
    const said = readWatchLines(
      [
        line('ADDED', 'a', '1'),
        line('MODIFIED', 'a', '2'),
        line('DELETED', 'b', '3'),
        line('BOOKMARK', '', '9'),
      ],
      'pods',
    );
    expect(said.events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'put a',
      'put a',
      'delete b',
    ]);
    expect(said).toMatchObject({ version: '9' });
    expect(said.error).toBeUndefined();
  });

  it.each([
    ['cut off', '{"type":"ADDED","obj', /no JSON/],
    ['no event', '[]', /no event/],
    ['an event without an object', '{"type":"ADDED"}', /no event/],
    ['null', 'null', /no event/],
  ])('count up to one that is %s', (_what, bad, message) => {
    const said = readWatchLines([line('ADDED', 'a', '1'), bad, line('ADDED', 'c', '3')], 'pods');
    expect(said.events.map(({ object }) => object.metadata.name)).toEqual(['a']);
    expect(said.version).toBe('1');
    expect(said.error?.message).toMatch(message);
  });

  it('say when the version that was asked from is forgotten', () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    const { error } = readWatchLines([JSON.stringify({ type: 'ERROR', object: status })], 'pods');
    expect(error).toBeInstanceOf(KubeError);
    expect((error as KubeError).isExpired).toBe(true);
  });
});

describe('the size of pages', () => {
  it('grows for small objects up to the most, and shrinks for large ones', () => {
    const size = new PageSize(500);
    expect(size.size).toBe(50);
    size.saw(50, 50 * 2000);
    expect(size.size).toBe(500);
    size.saw(500, 500 * 1_000_000);
    expect(size.size).toBe(4);
    size.saw(4, 4 * 300);
    expect(size.size).toBe(40);
    size.saw(1, 40_000_000);
    expect(size.size).toBe(1);
  });

  it('never falls below what a list needs that expired before its end', () => {
    const size = new PageSize(500);
    size.tooSlow();
    expect(size.size).toBe(500);
    size.tooSlow();
    size.tooSlow();
    expect(size.size).toBe(2000);
    size.saw(500, 500 * 1_000_000);
    expect(size.size).toBe(2000);
    for (let i = 0; i < 10; i++) size.tooSlow();
    expect(size.size).toBe(5000);
  });
});
