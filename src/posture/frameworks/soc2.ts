import { defineFramework } from './framework.ts';

/** SOC 2 trust criteria that a cluster can show, as Kubescape maps it to controls. */
export const soc2 = defineFramework({
  name: 'SOC2',
  title: 'SOC 2 trust criteria that a cluster can show',
  controls: ['C-0260', 'C-0012', 'C-0186', 'C-0035', 'C-0067', 'C-0263', 'C-0264'],
  numbers: {
    'C-0260': 'CC6.1,CC6.6,CC7.2',
    'C-0012': 'CC6.1,CC6.6,CC6.7',
    'C-0186': 'CC6.1,CC6.6,CC6.7',
    'C-0035': 'CC6.1 ,CC6.2, CC6.7, CC6.8',
    'C-0067': 'CC6.8,CC7.1,CC7.2',
    'C-0263': 'CC6.1,CC6.6,CC6.7',
    'C-0264': 'CC1.1,CC6.7',
  },
});
