import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../../src/model/object.ts';
import { ruleFileOf } from '../../src/monitors/convert/prometheus-rule.ts';
import { operatorSchema } from '../../src/monitors/operator-settings.ts';
import { parseRuleFile } from '../../src/rules/rule-file.ts';
import { casesAt } from './suite.ts';

/** What Prometheus' own parser refuses too, by its end; the reason stands there. */
const refused: Readonly<Record<string, RegExp>> = {};

function yamlUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(folder, file))
    .sort();
}

/** A PrometheusRule, or the spec of one. */
function objectIn(file: string): KubeObject {
  const read = parse(readFileSync(file, 'utf8')) as KubeObject;
  if (read.kind === 'PrometheusRule') return read;
  const metadata = { name: 'rules', namespace: 'monitoring' };
  return { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata, spec: read };
}

const objects = casesAt('kube-prometheus/rules');
const community = casesAt('awesome-prometheus-alerts');

describe.skipIf(!existsSync(objects))("kube-prometheus' PrometheusRule objects", () => {
  it.each(existsSync(objects) ? yamlUnder(objects).map((file) => relative(objects, file)) : ['none'])(
    '%s loads, with every rule',
    (file) => {
      const object = objectIn(join(objects, file));
      const made = ruleFileOf(object, operatorSchema.parse({})) as { groups: { rules: unknown[] }[] };
      const loaded = parseRuleFile(stringify(made), file);
      expect(loaded.groups.map(({ rules }) => rules.length)).toEqual(
        made.groups.map(({ rules }) => rules.length),
      );
      expect(loaded.groups.length).toBeGreaterThan(0);
    },
  );
});

describe.skipIf(!existsSync(community))("the community's rule files", () => {
  const files = existsSync(community) ? yamlUnder(community) : [];
  it('are there', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(files.length > 0 ? files.map((file) => relative(community, file)) : ['none'])(
    '%s loads',
    (file) => {
      const load = () => parseRuleFile(readFileSync(join(community, file), 'utf8'), file);
      const reason = Object.entries(refused).find(([end]) => file.endsWith(end))?.[1];
      if (reason === undefined) expect(load().groups.length).toBeGreaterThan(0);
      else expect(load).toThrow(reason);
    },
  );
});
