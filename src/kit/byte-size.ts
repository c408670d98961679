const steps: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 };

const form = /^(-?)((?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i?)?B)+$/;

/**
 * Reads a size such as `15MB`, `512KiB` or `1GB512MB` into bytes: all units in steps of 1024, as Prometheus does. `0` needs
 * no unit. Undefined when `text` is no size.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (`<size>`)
 */
export function parseByteSize(text: string): number | undefined {
  if (text === '0') return 0;
  if (!form.test(text)) return undefined;
  let bytes = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)([KMGTPE]?)i?B/g)) {
    bytes += Number(amount) * 1024 ** (steps[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -bytes : bytes;
}
