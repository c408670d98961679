/**
 * `$NAME` and `${NAME}` replaced from the environment, `$$` by a dollar sign; a variable that is not set is ''.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (`external_labels`)
 */
export function expandEnvironment(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/\$(?:\$|\{([^}]*)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === '$$' ? '$' : (environment[braced ?? bare ?? ''] ?? ''),
  );
}
