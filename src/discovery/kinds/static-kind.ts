import type { StaticConfig } from '../config/static-config.ts';
import type { DiscoveryKind, TargetGroup } from '../target-group.ts';

/** Targets that are written down: found once. */
export function staticKind(configs: readonly StaticConfig[]): DiscoveryKind {
  return {
    kind: 'static',
    async run(emit) {
      emit(configs.map((config, index) => groupOf(config, String(index))));
    },
  };
}

/** A written group as one that was found, with labels that say where. */
export function groupOf(
  { targets, labels }: StaticConfig,
  source: string,
  more: Readonly<Record<string, string>> = {},
): TargetGroup {
  return {
    source,
    labels: { ...labels, ...more },
    targets: targets.map((address) => ({ __address__: address })),
  };
}

/** What is to be emitted when a source gives `now` after `before`: groups that went have no targets. */
export function replaced(
  before: ReadonlySet<string>,
  now: readonly TargetGroup[],
): { readonly emitted: readonly TargetGroup[]; readonly sources: ReadonlySet<string> } {
  const sources = new Set(now.map(({ source }) => source));
  const gone = [...before]
    .filter((source) => !sources.has(source))
    .map((source) => ({ source, labels: {}, targets: [] }));
  return { emitted: [...now, ...gone], sources };
}
