import { defineFramework } from './framework.ts';

/** Good practice for those who deploy: probes, limits, labels, ports, as Kubescape maps it to controls. */
export const devOpsBest = defineFramework({
  name: 'DevOpsBest',
  title: 'Good practice for those who deploy: probes, limits, labels, ports',
  controls: [
    'C-0018',
    'C-0044',
    'C-0056',
    'C-0061',
    'C-0073',
    'C-0074',
    'C-0075',
    'C-0076',
    'C-0077',
    'C-0253',
    'C-0268',
    'C-0269',
    'C-0270',
    'C-0271',
    'C-0292',
    'C-0293',
    'C-0294',
    'C-0295',
    'C-0296',
    'C-0298',
    'C-0299',
    'C-0300',
    'C-0302',
    'C-0305',
    'C-0307',
  ],
});
