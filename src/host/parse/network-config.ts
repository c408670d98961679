import { fieldOf } from './settings-file.ts';

/**
 * Types of the plugins that a CNI configuration names, its own and those of its list; none for what is no JSON. Nothing else of it is kept:
 * some plugins have credentials in there. Source: https://www.cni.dev/docs/spec/#configuration-format
 */
export function networkTypes(text: string): readonly string[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return [];
  }
  const list = fieldOf(config, 'plugins');
  return [config, ...(Array.isArray(list) ? list : [])].flatMap((plugin) => {
    const type = fieldOf(plugin, 'type');
    return typeof type === 'string' ? [type] : [];
  });
}
