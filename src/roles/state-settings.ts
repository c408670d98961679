import type { LoadedConfig } from '../config/load-config.ts';
import { readText } from '../config/load-config.ts';
import { customConfigSchema } from '../exporters/state/custom/custom-config.ts';
import { type CustomKind, customKinds } from '../exporters/state/custom/custom-resources.ts';
import type { StateSettings } from '../exporters/state/settings.ts';
import { readYamlConfig } from '../kit/yaml-config.ts';

/** Whether the role `state` is on. */
export function isStateOn(config: LoadedConfig): config is LoadedConfig & { readonly state: StateSettings } {
  return config.state?.enabled === true;
}

/** What the file of custom resources describes. @throws {ConfigFileError} naming file, line and field. */
export function loadCustomKinds({
  custom_resource_state_config: file,
}: StateSettings): readonly CustomKind[] {
  if (file === undefined) return [];
  return customKinds(
    readYamlConfig(readText(file, 'custom_resource_state_config'), file, customConfigSchema),
  );
}
