import { controls } from '../controls/index.generated.ts';
import { defineFramework } from './framework.ts';

/** Every control there is. */
export const allControls = defineFramework({
  name: 'AllControls',
  title: 'Every control',
  controls: controls.map(({ id }) => id),
});
