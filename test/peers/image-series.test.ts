import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { exporterSeries } from '../../src/findings/series/exporter.ts';
import { expositionText } from '../../src/telemetry/exposition.ts';
import { deployment, startImages } from '../support/images-role.ts';

const isInstalled = spawnSync('promtool', ['--version']).status === 0;

/** Skipped where the peer is not there: `apt-get install prometheus`. */
it.skipIf(!isInstalled)(
  'promtool has nothing against the series of images, ours, Kubescape’s and Trivy’s',
  async () => {
    const { scanned, registry, role } = await startImages((host) => [deployment(host)], 'folder', {
      images: '  cve_series: 100\n',
    });
    await scanned();
    expect(role.dataAtMs()).toBe(Date.parse('2026-01-01T00:00:00Z'));
    const exporter = exporterSeries({
      engine: { counts: () => [], verdicts: () => [] },
      severityOf: () => 'unknown',
      vulnerabilities: role.vulnerabilityRows,
    });
    const text = expositionText([...registry.gather(), ...exporter()]);
    for (const name of [
      ...['skopos_image_vulnerability{', 'trivy_image_vulnerabilities{', 'kubescape_image_count_cve{'],
      'kubescape_vulnerabilities_total_workload_critical{',
    ])
      expect(text).toContain(`\n${name}`);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  },
);
