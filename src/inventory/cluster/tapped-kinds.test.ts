import { describe, expect, it } from 'vitest';
import { kindsFor, type WatchedKind, withTapped } from './kinds.ts';

const of = (kinds: readonly WatchedKind[], kind: string) => kinds.find((one) => one.kind === kind);

describe('kinds that are looked at as they pass', () => {
  const watched = kindsFor(['Lease', 'Secret']);
  const tapped = withTapped(watched, [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Secret' },
    { group: 'coordination.k8s.io', kind: 'Lease' },
    { group: 'storage.k8s.io', kind: 'VolumeAttachment' },
    { group: 'example.com', kind: 'Foo', isOptional: true },
  ]);

  it('are watched as before where they are watched whole', () => {
    expect(of(tapped, 'Pod')).toEqual(of(watched, 'Pod'));
  });

  it('are read whole, and kept no more of than before, where only metadata was wanted', () => {
    expect(of(watched, 'Lease')).toMatchObject({ metadataOnly: true });
    expect(of(tapped, 'Lease')).toEqual({ group: 'coordination.k8s.io', kind: 'Lease', keep: 'metadata' });
  });

  it('are not kept where nobody else wants them', () => {
    expect(of(tapped, 'VolumeAttachment')).toEqual({
      group: 'storage.k8s.io',
      kind: 'VolumeAttachment',
      keep: 'nothing',
    });
    expect(of(tapped, 'Foo')).toMatchObject({ keep: 'nothing', optional: true });
  });

  it('are tables for Secrets, which say the type and no value', () => {
    expect(of(tapped, 'Secret')).toEqual({ group: '', kind: 'Secret', asTable: true, keep: 'metadata' });
    expect(of(withTapped([], [{ group: '', kind: 'Secret' }]), 'Secret')?.keep).toBe('nothing');
  });
});
