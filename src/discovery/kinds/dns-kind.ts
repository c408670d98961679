import { promises as dns } from 'node:dns';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { DnsSdConfig } from '../config/dns-sd-config.ts';
import type { DiscoveryKind, Emit, ReportFailure, TargetGroup } from '../target-group.ts';

/** The part of Node's resolver that is used. */
export type Resolver = Pick<typeof dns, 'resolve4' | 'resolve6' | 'resolveSrv' | 'resolveMx' | 'resolveNs'>;

export const systemResolver: Resolver = dns;

interface Found {
  readonly host: string;
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Names looked up again and again. A name that does not exist has no targets; one that cannot be looked up keeps what it had.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#dns_sd_config
 */
export function dnsKind(
  config: DnsSdConfig,
  options: { readonly clock: Clock; readonly report: ReportFailure; readonly resolver: Resolver },
): DiscoveryKind {
  return {
    kind: 'dns',
    async run(emit, signal) {
      do await lookAll(config, options, emit);
      while (await sleep(config.refresh_interval, signal, options.clock));
    },
  };
}

async function lookAll(
  config: DnsSdConfig,
  { resolver, report }: { readonly report: ReportFailure; readonly resolver: Resolver },
  emit: Emit,
): Promise<void> {
  let problem: string | undefined;
  const groups: TargetGroup[] = [];
  await Promise.all(
    config.names.map(async (name) => {
      try {
        groups.push(groupFor(name, await look(name, config, resolver)));
      } catch (error) {
        const code = (error as { code?: string }).code;
        // The name exists and has no such record, or does not exist at all: that is an answer.
        if (code === 'ENODATA' || code === 'ENOTFOUND') groups.push(groupFor(name, []));
        else problem = `${name}: ${messageOf(error)}`;
      }
    }),
  );
  report(problem);
  emit(groups);
}

async function look(name: string, { type, port }: DnsSdConfig, resolver: Resolver): Promise<Found[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map((host) => ({ host, port, labels: {} }));
    case 'AAAA':
      return (await resolver.resolve6(name)).map((host) => ({ host: `[${host}]`, port, labels: {} }));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => ({
        host: bare(exchange),
        port,
        labels: { __meta_dns_mx_record_target: dotted(exchange) },
      }));
    case 'NS':
      return (await resolver.resolveNs(name)).map((server) => ({
        host: bare(server),
        port,
        labels: { __meta_dns_ns_record_target: dotted(server) },
      }));
    case 'SRV':
      return (await resolver.resolveSrv(name)).map((record) => ({
        host: bare(record.name),
        port: record.port,
        labels: {
          __meta_dns_srv_record_target: dotted(record.name),
          __meta_dns_srv_record_port: String(record.port),
        },
      }));
  }
}

function groupFor(name: string, found: readonly Found[]): TargetGroup {
  return {
    source: name,
    labels: {},
    targets: found.map(({ host, port, labels }) => ({
      ...labels,
      __address__: `${host}:${port}`,
      __meta_dns_name: name,
    })),
  };
}

/** As DNS has it, with the dot at its end that Node takes off. */
function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

function bare(name: string): string {
  return name.replace(/\.+$/, '');
}
