import type { AlertRouter } from '../alerting/alert-router.ts';
import { drillReceiverName } from '../alerting/running-config.ts';
import type { PartJson } from '../api/skopos/contract.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { SourceStatus } from '../inventory/source.ts';
import type { Clock } from '../kit/clock.ts';
import type { RuleManager } from '../rules/rule-manager.ts';
import type { Chain } from './chain.ts';
import { peersParts, type ReceiverWatch } from './parts.ts';
import type { ReloadHistory } from './reload-history.ts';

export interface ChainPartsDeps {
  readonly source: { status(): SourceStatus };
  readonly rules: RuleManager;
  readonly inventory: Inventory;
  readonly chain: Chain;
  readonly reload: ReloadHistory;
  readonly router: AlertRouter;
  readonly receiverWatch: ReceiverWatch;
  readonly clock: Clock;
  /** Of what acts upon the cluster, or reads more of it. */
  readonly clusterParts: { parts(): readonly PartJson[] };
}

/** The state of each part of the chain, for people. */
export function chainParts(deps: ChainPartsDeps): PartJson[] {
  const { reload, router, receiverWatch } = deps;
  const receivers = router.receivers().map(({ name }) => name);
  return [
    inventoryPart(deps),
    posturePart(deps),
    rulesPart(deps),
    {
      name: 'configuration',
      state: reload.ok ? 'ok' : 'degraded',
      message: reload.message,
      lastSuccessMs: reload.atMs,
    },
    ...deps.clusterParts.parts(),
    ...peersParts(router.peers()),
    ...receiverWatch.parts(receivers.filter((name) => name !== drillReceiverName)),
  ];
}

function inventoryPart({ source, inventory }: ChainPartsDeps): PartJson {
  const { state, message, lastSuccessMs } = source.status();
  const unreadable = inventory.unreadable();
  return {
    name: 'inventory',
    state: state === 'ok' && unreadable.length > 0 ? 'degraded' : state,
    message: [message, ...unreadable.map(({ kind, reason }) => `${kind}: ${reason}`)]
      .filter((text) => text !== '')
      .join('; '),
    ...(lastSuccessMs === undefined ? {} : { lastSuccessMs }),
  };
}

function posturePart({ chain, clock }: ChainPartsDeps): PartJson {
  const failing = chain.fault !== '';
  return {
    name: 'posture',
    state: failing ? 'failed' : chain.isReady ? 'ok' : 'starting',
    message: chain.fault,
    ...(chain.isReady && !failing ? { lastSuccessMs: clock.now() } : {}),
  };
}

function rulesPart({ rules }: ChainPartsDeps): PartJson {
  const groups = rules.groups();
  const evaluatedMs = Math.max(0, ...groups.map(({ lastEvaluationMs }) => lastEvaluationMs ?? 0));
  const broken = groups.flatMap(({ rules: all }) => all.filter(({ health }) => health === 'err'));
  return {
    name: 'rules',
    state: broken.length > 0 ? 'degraded' : 'ok',
    message: broken.map(({ spec, lastError }) => `${spec.name}: ${lastError ?? 'failed'}`).join('; '),
    ...(evaluatedMs > 0 ? { lastSuccessMs: evaluatedMs } : {}),
  };
}
