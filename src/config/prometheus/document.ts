import { z } from 'zod';
import { fullList, list, text } from '../../kit/yaml-fields.ts';
import { remoteReadSchema } from '../../remote/config/remote-read-config.ts';
import { remoteWriteSchema } from '../../remote/config/remote-write-config.ts';
import { type ScrapeSection, scrapeSectionSchema } from '../../scrape/config/scrape-config.ts';
import { alertingSchema } from './alerting-section.ts';
import { type GlobalSection, globalSchema, runtimeSchema } from './global-section.ts';
import { otlpSchema, utf8Strategies } from './otlp-section.ts';
import { resolveScrapeConfig, type ScrapeConfig } from './resolve-scrape-config.ts';
import { storageSchema } from './storage-section.ts';
import { tracingSchema } from './tracing-section.ts';

/** A star may stand in the last part of a path only. */
function patterns(what: string) {
  return list(
    text.refine((path) => /^[^*]*(?:\*[^/]*)?$/.test(path), {
      error: `invalid ${what} path: a star may stand in its last part only`,
    }),
  );
}

const scrapeSections = fullList(scrapeSectionSchema, 'scrape config section');

const shape = z.strictObject({
  global: globalSchema.nullish().transform((global) => global ?? globalSchema.parse({})),
  runtime: runtimeSchema.nullish(),
  alerting: alertingSchema.nullish().transform((alerting) => alerting ?? alertingSchema.parse({})),
  rule_files: patterns('rule file'),
  scrape_config_files: patterns('scrape config file'),
  scrape_configs: scrapeSections,
  storage: storageSchema.nullish(),
  tracing: tracingSchema.nullish(),
  remote_write: fullList(remoteWriteSchema, 'remote write config section'),
  remote_read: fullList(remoteReadSchema, 'remote read config section'),
  otlp: otlpSchema.nullish().transform((otlp) => otlp ?? otlpSchema.parse({})),
});

type Refusal = (path: readonly PropertyKey[], message: string) => void;

/** A whole `prometheus.yml`, without the files that it names. */
export const documentSchema = shape.transform((document, context) => {
  const refuse: Refusal = (path, message) =>
    void context.addIssue({ code: 'custom', message, path: [...path] });
  refuseRepeated(document.scrape_configs, 'job_name', 'scrape_configs', 'scrape', refuse);
  refuseRepeated(document.remote_write, 'name', 'remote_write', 'remote write', refuse);
  refuseRepeated(document.remote_read, 'name', 'remote_read', 'remote read', refuse);
  if (
    document.global.validation === 'legacy' &&
    utf8Strategies.includes(document.otlp.translation_strategy)
  ) {
    const name = document.otlp.translation_strategy;
    refuse(
      ['otlp', 'translation_strategy'],
      `OTLP translation strategy "${name}" is not allowed when UTF-8 names are disabled`,
    );
  }
  return { ...document, scrape_configs: resolved(document.scrape_configs, document.global, refuse) };
});

/** What stands in a file of `scrape_config_files`. */
export function scrapeFileSchema(global: GlobalSection) {
  return z
    .strictObject({ scrape_configs: scrapeSections })
    .transform((file, context): readonly ScrapeConfig[] => {
      const refuse: Refusal = (path, message) =>
        void context.addIssue({ code: 'custom', message, path: [...path] });
      return resolved(file.scrape_configs, global, refuse);
    });
}

function resolved(
  sections: readonly ScrapeSection[],
  global: GlobalSection,
  refuse: Refusal,
): readonly ScrapeConfig[] {
  return sections.flatMap((section, index) => {
    const config = resolveScrapeConfig(section, global);
    if (!('problem' in config)) return [config];
    refuse(['scrape_configs', index, config.field], config.problem);
    return [];
  });
}

/** Names tell queues and pools apart, so that no two may be the same. */
function refuseRepeated<Key extends string>(
  sections: readonly Readonly<Record<Key, string>>[],
  key: Key,
  place: string,
  what: string,
  refuse: Refusal,
): void {
  const seen = new Set<string>();
  for (const [index, section] of sections.entries()) {
    const name = section[key];
    if (name !== '' && seen.has(name)) {
      refuse([place, index, key], `found multiple ${what} configs with job name "${name}"`);
    }
    seen.add(name);
  }
}
