import type { Registry } from '../../telemetry/registry.ts';
import type { PeersStatus } from './peers-options.ts';

export interface PeerMetrics {
  /** How asking for a turn ended. */
  turn(outcome: 'mine' | 'told' | 'alone'): void;
  /** The database went away. */
  lost(): void;
}

/** Series of the peers: under Alertmanager's names where it has them. `status` and `waiting` are asked at each scrape. */
export function peerMetrics(
  registry: Registry,
  status: () => PeersStatus,
  waiting: () => number,
): PeerMetrics {
  const turns = registry.counter(
    'skopos_peer_turns_total',
    'Notifications that this process was to send (mine), that a peer told (told), or that it sent as peers could not be asked (alone).',
    [{ outcome: 'mine' }, { outcome: 'told' }, { outcome: 'alone' }],
  );
  const losses = registry.counter(
    'skopos_peer_database_losses_total',
    'Times that the database shared with peers went away.',
    [{}],
  );
  registry.collector(() => {
    const { state, position, members, isListening, aheadMs } = status();
    const alive = members.filter(({ isAlive }) => isAlive).length;
    const gauges: readonly (readonly [name: string, help: string, value: number])[] = [
      ['alertmanager_cluster_enabled', 'Whether alerting is shared with peers.', 1],
      ['alertmanager_cluster_members', 'Processes that share alerting and live, this one included.', alive],
      [
        'alertmanager_cluster_failed_peers',
        'Processes that were there and are gone.',
        members.length - alive,
      ],
      [
        'alertmanager_cluster_health_score',
        '0 is well; 1 while the shared database is away.',
        state === 'alone' ? 1 : 0,
      ],
      ['alertmanager_peer_position', 'Place in the order in which processes try to send.', position],
      [
        'skopos_peers_together',
        'Whether the database shared with peers is there.',
        state === 'together' ? 1 : 0,
      ],
      ['skopos_peers_listening', 'Whether changes of peers are heard at once.', isListening ? 1 : 0],
      ['skopos_peer_writes_waiting', 'Changes that peers cannot know of yet.', waiting()],
      ['skopos_peer_clock_ahead_seconds', "How far the shared database's clock is ahead.", aheadMs / 1000],
    ];
    return gauges.map(([name, help, value]) => ({
      ...{ name, help, type: 'gauge' as const },
      samples: [{ name, labels: {}, value }],
    }));
  });
  return {
    turn: (outcome) => turns.inc({ outcome }),
    lost: () => losses.inc({}),
  };
}
