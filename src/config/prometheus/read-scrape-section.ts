import { formatPath } from '../../kit/yaml-config.ts';
import { scrapeFileSchema } from './document.ts';
import type { GlobalSection } from './global-section.ts';
import type { ScrapeConfig } from './resolve-scrape-config.ts';

/**
 * Reads a section of `scrape_configs` that stands in no file: one that was made from an object.
 *
 * @returns the section as it is in force, or what is wrong with it, with its field.
 */
export function readScrapeSection(
  section: Readonly<Record<string, unknown>>,
  global: GlobalSection,
): ScrapeConfig | { readonly problem: string } {
  const result = scrapeFileSchema(global).safeParse({ scrape_configs: [section] });
  const [read] = result.data ?? [];
  if (read !== undefined) return read;
  const [issue] = result.error?.issues ?? [];
  // The path within the section: the list that it was put in is of no interest.
  const field = formatPath(issue?.path.slice(2) ?? []);
  return { problem: `${field === '' ? '' : `${field}: `}${issue?.message ?? 'invalid'}` };
}
