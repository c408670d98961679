import { controls } from '../controls/index.generated.ts';
import { defineFramework } from './framework.ts';

/** Every control of Kubescape. */
export const allControls = defineFramework({
  name: 'AllControls',
  title: 'Every control of Kubescape',
  controls: controls.flatMap(({ id }) => (id.startsWith('C-') ? [id] : [])),
});
