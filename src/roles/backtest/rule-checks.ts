import type { RuleChecks } from '../../api/skopos/rule-checks.ts';
import { lintRules } from '../../rules/lint/lint-rules.ts';
import { parseRuleFile, type RuleFile } from '../../rules/rule-file.ts';
import type { Embedded } from '../embedded.ts';
import { Backtests } from './backtests.ts';
import { lintRouting, storeLookup } from './lint-surroundings.ts';

/** How far back lints look for series. */
const lintWindowMs = 24 * 3_600_000;

/** Lints and back-tests of the running process: over its own store, with the routing that is in force. */
export function ruleChecks(embedded: Embedded): RuleChecks {
  const { clock, config, store, rules, router, externalLabels } = embedded;
  const running = () => filesOf(rules.groups());
  const evaluationIntervalMs = config.rules.evaluation_interval;
  return {
    backtests: new Backtests({
      ...{ clock, store, running, evaluationIntervalMs, externalLabels },
      storeName: "Skopos' own store",
      oldestMs: () => store.figures().minMs,
      alerting: () => router.config,
    }),
    async lint(text) {
      const files = text === undefined ? running() : [parseRuleFile(text, 'rules.yml')];
      const nowMs = clock.now();
      const types = typesOf(embedded);
      const items = await lintRules(files, {
        evaluationIntervalMs,
        routing: lintRouting(router.config),
        lookup: storeLookup({
          name: "Skopos' own store",
          store,
          fromMs: nowMs - lintWindowMs,
          toMs: nowMs,
          typeOf: (metric) => types.get(metric),
        }),
      });
      const count = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules)).length;
      return { atMs: nowMs, rules: count, items };
    },
  };
}

/** The rules that run, as files again. */
function filesOf(groups: ReturnType<Embedded['rules']['groups']>): readonly RuleFile[] {
  const files = new Map<string, RuleFile['groups'][number][]>();
  for (const { file, spec, intervalMs } of groups) {
    const own = files.get(file) ?? [];
    own.push({ ...spec, intervalMs });
    files.set(file, own);
  }
  return [...files].map(([path, own]) => ({ path, groups: own, warnings: [] }));
}

/** Types of metrics, our own and scraped ones. */
function typesOf({ registry, metrics }: Embedded): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const { name, type } of metrics.scrape.metadata()) types.set(name, type);
  for (const { name, type } of registry.gather()) types.set(name, type);
  return types;
}
