import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeedRow, foldFeed, kindOfKey, namespaceOfKey } from './feed.ts';

const row = (id: number, cause: string, hop: FeedRow['hop'], more: Partial<FeedRow> = {}): FeedRow => ({
  id,
  atMs: 1000 + id * 10,
  cause,
  hop,
  subject: 'apps/Deployment/shop/cart',
  decision: 'seen',
  detail: { object: 'Deployment shop/cart', source: 'cluster' },
  ...more,
});

const story: readonly FeedRow[] = [
  row(1, 'a', 'change'),
  row(2, 'a', 'verdict', {
    decision: 'fail',
    subject: 'C-0057:apps/Deployment/shop/cart',
    detail: { control: 'C-0057', object: 'Deployment shop/cart', before: 'pass' },
  }),
  row(3, 'b', 'change', { subject: '/Pod/shop/x', decision: 'deleted' }),
  row(4, 'a', 'finding', { decision: 'opened' }),
  row(5, 'a', 'finding', { decision: 'opened' }),
  row(6, 'a', 'receipt', { decision: 'delivered', detail: { receiver: 'pager' } }),
  row(7, 'of a rule alone', 'rule'),
];

describe('the feed', () => {
  it('puts together what one change brought about, newest change first', () => {
    const [second, first] = foldFeed(story);
    expect(second).toMatchObject({ cause: 'b', decision: 'deleted', key: '/Pod/shop/x', verdicts: [] });
    expect(first).toMatchObject({
      cause: 'a',
      object: 'Deployment shop/cart',
      verdicts: [
        { controlId: 'C-0057', subject: 'apps/Deployment/shop/cart', state: 'fail', before: 'pass' },
      ],
      findings: { opened: 2 },
      hops: { change: 0, verdict: 10, finding: 30, receipt: 50 },
      told: [{ receiver: 'pager', decision: 'delivered', afterMs: 50 }],
    });
    expect(foldFeed(story)).toHaveLength(2);
  });

  it('keeps the newest changes only, and takes no row in twice', () => {
    const many = Array.from({ length: 50 }, (_, i) => row(i, `c${i}`, 'change'));
    const kept = foldFeed(many, [], 10);
    expect(kept.map(({ cause }) => cause)).toEqual(Array.from({ length: 10 }, (_, i) => `c${49 - i}`));
    expect(foldFeed(story, foldFeed(story))).toEqual(foldFeed(story));
  });

  it('says the same in whatever pieces the rows come', () => {
    fc.assert(
      fc.property(fc.nat({ max: story.length }), (at) => {
        expect(foldFeed(story.slice(at), foldFeed(story.slice(0, at)))).toEqual(foldFeed(story));
      }),
    );
  });

  it('reads namespace and kind off a key', () => {
    expect([namespaceOfKey('apps/Deployment/shop/cart'), kindOfKey('/Pod/shop/x')]).toEqual(['shop', 'Pod']);
    expect(namespaceOfKey('/Node//n1')).toBe('');
  });
});
