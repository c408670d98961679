import { z } from 'zod';
import { parseByteSize } from '../../kit/byte-size.ts';
import type { OperatorSettings } from '../operator-settings.ts';
import { setFields } from './conversion.ts';

const limit = z.int().min(0).nullish();

/** What objects of several kinds say of how much is taken, and in which form. */
export const limitFields = {
  sampleLimit: limit,
  targetLimit: limit,
  labelLimit: limit,
  labelNameLengthLimit: limit,
  labelValueLengthLimit: limit,
  keepDroppedTargets: limit,
  bodySizeLimit: z
    .string()
    .refine((text) => text === '' || parseByteSize(text) !== undefined, {
      error: 'expected a size with a unit such as 15MB',
    })
    .nullish(),
  scrapeProtocols: z.array(z.string()).nullish(),
  fallbackScrapeProtocol: z.string().nullish(),
  scrapeClassicHistograms: z.boolean().nullish(),
  scrapeNativeHistograms: z.boolean().nullish(),
  nativeHistogramBucketLimit: limit,
  nativeHistogramMinBucketFactor: z.union([z.string(), z.number()]).nullish(),
  convertClassicHistogramsToNHCB: z.boolean().nullish(),
};

const limitsSchema = z.looseObject(limitFields);

/** The same in the spelling of `prometheus.yml`, bounded by what the settings enforce. */
export function limitSection(
  from: z.output<typeof limitsSchema>,
  settings: OperatorSettings,
): Record<string, unknown> {
  return setFields({
    sample_limit: bounded(from.sampleLimit, settings.enforcedSampleLimit),
    target_limit: bounded(from.targetLimit, settings.enforcedTargetLimit),
    label_limit: bounded(from.labelLimit, settings.enforcedLabelLimit),
    label_name_length_limit: bounded(from.labelNameLengthLimit, settings.enforcedLabelNameLengthLimit),
    label_value_length_limit: bounded(from.labelValueLengthLimit, settings.enforcedLabelValueLengthLimit),
    keep_dropped_targets: bounded(from.keepDroppedTargets, settings.enforcedKeepDroppedTargets),
    body_size_limit: from.bodySizeLimit,
    scrape_protocols: from.scrapeProtocols?.length ? from.scrapeProtocols : undefined,
    fallback_scrape_protocol: from.fallbackScrapeProtocol,
    always_scrape_classic_histograms: from.scrapeClassicHistograms,
    scrape_native_histograms: from.scrapeNativeHistograms,
    native_histogram_bucket_limit: from.nativeHistogramBucketLimit,
    native_histogram_min_bucket_factor: from.nativeHistogramMinBucketFactor
      ? Number(from.nativeHistogramMinBucketFactor)
      : undefined,
    convert_classic_histograms_to_nhcb: from.convertClassicHistogramsToNHCB,
  });
}

/** The lower of both; 0 and what is not set are no limit. */
function bounded(own: number | null | undefined, enforced: number | null | undefined): number | undefined {
  const limits = [own, enforced].filter((each): each is number => typeof each === 'number' && each > 0);
  return limits.length === 0 ? undefined : Math.min(...limits);
}
