import type { Registry } from '../../telemetry/registry.ts';
import { one } from '../process-metrics.ts';
import type { ImageRules } from './image-rules.ts';

/** Whether what people say does not count is read, and how much it is. */
export function ruleMetrics(registry: Registry, rules: Pick<ImageRules, 'counts' | 'problem'>): void {
  registry.collector(() => {
    const name = 'skopos_image_ignore_rules';
    const { counts, problem } = rules;
    return [
      {
        name,
        type: 'gauge',
        help: 'Ignore rules and VEX statements that vulnerabilities of images are held against.',
        samples: [
          { name, labels: { kind: 'rule' }, value: counts.rules },
          { name, labels: { kind: 'vex' }, value: counts.statements },
        ],
      },
      one(
        'skopos_image_ignore_rules_last_read_successful',
        'gauge',
        'Whether the files and ConfigMaps of ignore rules and VEX documents could be read at the last look.',
        problem === '' ? 1 : 0,
      ),
    ];
  });
}
