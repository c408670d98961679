import { expect, it, vi } from 'vitest';
import {
  deployment,
  everything,
  patience,
  replaceData,
  startImages,
} from '../../../test/support/images-role.ts';
import { workloadImages } from './workload-images.ts';

const workload = 'apps/Deployment/shop/cart';

it('tells the images of a workload by container, and what was found in them last', async () => {
  const { role, server, data, series, scanned } = await startImages((host) => [deployment(host)], 'folder');
  await scanned();
  replaceData(data, 'CVE-2026-2');
  await vi.waitFor(() => expect(series('skopos_new_image_vulnerability')).toHaveLength(1), patience);
  const image = `${server.host}/shop/cart:1`;
  const containers = [
    { name: 'main', image },
    { name: 'broken', image: 'Not A Name' },
    { name: 'none', image: '' },
  ];
  const found = role.source.workload({ workload, containers, unreadable: '' });
  expect(found).toMatchObject({
    enabled: true,
    data: { state: 'ready' },
    containers: [
      {
        name: 'main',
        image,
        why: '',
        images: [{ state: 'complete', vulnerabilities: { critical: { all: 1 } } }],
      },
      { name: 'broken', images: [], why: expect.stringContaining('no name that a registry could have') },
      { name: 'none', images: [], why: 'it names no image' },
    ],
    newest: [{ vulnerability: 'CVE-2026-2', isBaseline: false }],
  });
  expect(role.source.images(everything).urgent).toEqual({
    criticalFixable: 1,
    highFixable: 0,
    knownExploited: 0,
  });
  expect(role.source.images({ ...everything, severities: ['high'], isFixable: true }).total).toBe(0);
  expect(role.source.images({ ...everything, severities: ['critical'], isFixable: true }).total).toBe(1);
});

it('says why nothing is known of what a container runs', () => {
  const containers = [{ name: 'main', image: 'r.test/shop/cart:1' }];
  const nothing = { entries: [], openOf: () => [] };
  const whyOf = (unreadable: string) =>
    workloadImages({ workload, containers, unreadable }, nothing).containers[0]?.why;
  expect(whyOf('')).toContain('known to have started');
  expect(whyOf('pods cannot be read: forbidden')).toBe('pods cannot be read: forbidden');
});
