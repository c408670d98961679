import { parse } from 'yaml';

/** Renders one template. */
export type RenderText = (template: string, path: string) => string;

/**
 * A value of the configuration with every text in it, keys included, rendered as a template. What a template gives is read as YAML:
 * a list, a map, a number or a boolean stands there as such, anything else stays the text. What was read so is not rendered again.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/ (`payload`, `details`, `fields`)
 */
export function renderDeep(value: unknown, render: RenderText, path = ''): unknown {
  if (typeof value === 'string') return structured(render(value, path));
  if (Array.isArray(value)) return value.map((item, i) => renderDeep(item, render, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const at = path === '' ? key : `${path}.${key}`;
      return [render(key, at), renderDeep(item, render, at)];
    }),
  );
}

function structured(text: string): unknown {
  const first = text.trimStart().charAt(0);
  if (first === '{' || first === '[') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Not JSON, but it may be YAML.
    }
  }
  let found: unknown;
  try {
    found = parse(text, {
      version: '1.1',
      customTags: (tags) =>
        tags.filter((tag) => typeof tag !== 'string' && !unwanted.includes(tag.tag.replace(/^.*:/, ''))),
      logLevel: 'error',
      maxAliasCount: 20,
      uniqueKeys: true,
    }) as unknown;
  } catch {
    return text;
  }
  return found === undefined || typeof found === 'string' ? text : jsonLike(found, text);
}

/** Go's YAML library leaves these as texts. */
const unwanted = ['timestamp', 'binary', 'set', 'omap', 'pairs'];

function jsonLike(found: unknown, text: string): unknown {
  // `12:30` is sixty times twelve and thirty in YAML 1.1, and nobody means that.
  if (typeof found === 'number' && text.includes(':')) return text;
  if (typeof found === 'bigint') return Number(found);
  return found;
}
