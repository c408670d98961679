import type { KubeObject } from '../../model/object.ts';
import type { MonitorKind } from '../operator-settings.ts';
import type { Conversion, ConvertContext } from './conversion.ts';
import { convertPodMonitor } from './pod-monitor.ts';
import { convertProbe } from './probe.ts';
import { convertScrapeConfig } from './scrape-config.ts';
import { convertServiceMonitor } from './service-monitor.ts';

/** Kinds that become scrape sections. */
export type ScrapedKind = Exclude<MonitorKind, 'PrometheusRule'>;

const converters: Readonly<Record<ScrapedKind, (object: KubeObject, context: ConvertContext) => Conversion>> =
  {
    ServiceMonitor: convertServiceMonitor,
    PodMonitor: convertPodMonitor,
    Probe: convertProbe,
    ScrapeConfig: convertScrapeConfig,
  };

/** The scrape sections of an object of the Prometheus operator, or why there are none. */
export function convertMonitor(kind: ScrapedKind, object: KubeObject, context: ConvertContext): Conversion {
  return converters[kind](object, context);
}
