import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConfigCase, casesIn, defaultFolder, problemOf } from './alertmanager-config.ts';

const isThere = existsSync(join(defaultFolder, 'expected.json'));

describe.skipIf(!isThere)('upstream’s configurations', () => {
  const cases = isThere ? casesIn(defaultFolder) : [];

  it.each(cases.map((one) => [one.file, one] as const))('%s', (_file, one) => {
    expect(problemOf(one, defaultFolder)).toBeUndefined();
  });
});

describe('the comparison', () => {
  const judge = (text: string, expected: Omit<ConfigCase, 'file'>) => {
    const folder = mkdtempSync(join(tmpdir(), 'skopos-config-case-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'a.yml'), text);
    return problemOf({ file: 'a.yml', ...expected }, folder);
  };
  const good =
    'global: { slack_api_url: http://x/y }\nroute: { receiver: a, group_wait: 90s }\nreceivers:\n- name: a\n  slack_configs: [{}]\n';

  it('passes what loads with the values that are expected, secrets in clear, durations in words', () => {
    const resolved = {
      'receivers[0].slack_configs[0].api_url': 'http://x/y',
      'receivers[0].slack_configs[0].send_resolved': false,
      'receivers[0].labels.name': 'a',
      'global.resolve_timeout': '5m',
      'route.group_wait': '1m30s',
      'global.smtp_from': '',
    };
    expect(judge(good, { loads: true, resolved })).toBeUndefined();
  });

  it('fails what loads with another value, and what is refused', () => {
    expect(judge(good, { loads: true, resolved: { 'global.resolve_timeout': '6m' } })).toContain('not "6m"');
    expect(judge(good, { loads: false, error_contains: 'x' })).toContain('was loaded');
    expect(judge('route: {}', { loads: true })).toContain('was refused');
  });

  it('fails a refusal for another cause, or one that names no line', () => {
    const bad = good.replace('receiver: a', 'receiver: b');
    expect(judge(bad, { loads: false, error_contains: 'no receiver "b"' })).toBeUndefined();
    expect(judge(bad, { loads: false, error_contains: 'no receiver "c"' })).toContain('another cause');
  });
});
