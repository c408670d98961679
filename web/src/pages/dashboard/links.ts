import { interpolate, type Scope } from '../../../../src/dashboards/interpolate.ts';
import { isSafeUrl } from '../../../../src/dashboards/markdown.ts';
import { addressOf, type VariableState } from '../../../../src/dashboards/scope.ts';

/** Where a link leads: to a page of ours, or elsewhere. */
export interface Destination {
  readonly kind: 'page' | 'address';
  readonly to: string;
}

export interface LinkValues {
  readonly timeQuery: string;
  readonly states: readonly VariableState[];
  /** The cells of the row, by the names of their columns. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An address of a dashboard's JSON with its variables put in; undefined when it may not be followed. */
export function destinationOf(url: string, scope: Scope, values: LinkValues): Destination | undefined {
  const { timeQuery, states, fields = {}, value = '', labels = {} } = values;
  const encoded = (text: string) => encodeURIComponent(text);
  const filled = url
    .replace(/\$\{__data\.fields(?:\.([^}[\]]+)|\["([^"\]]+)"\])\}/g, (_, plain?: string, quoted?: string) =>
      encoded(fields[plain ?? quoted ?? ''] ?? ''),
    )
    .replace(/\$\{__field\.labels\.(\w+)\}/g, (_, label: string) => encoded(labels[label] ?? ''))
    .replace(/\$\{__value\.(?:raw|text|numeric)\}/g, () => encoded(value))
    .replace(/\$\{__url_time_range\}|\$__url_time_range\b/g, timeQuery)
    .replace(
      /\$\{__all_variables\}|\$__all_variables\b/g,
      new URLSearchParams(addressOf(states).map((pair) => [...pair])).toString(),
    );
  const address = interpolate(filled, scope, 'text');
  if (!isSafeUrl(address) || address.startsWith('//')) return undefined;
  const dashboard = /^\/?d\/([\w-]+)(?:\/[^?#]*)?(\?[^#]*)?$/.exec(address);
  if (dashboard !== null) return { kind: 'page', to: `/dashboards/${dashboard[1]}${dashboard[2] ?? ''}` };
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return { kind: 'address', to: address };
  return { kind: 'page', to: address.startsWith('/') ? address : `/${address}` };
}
