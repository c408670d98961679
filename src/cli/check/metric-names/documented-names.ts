/** What a metric that docs/metrics.md tells of is called, and whether it is several series: a histogram or summary. */
interface Documented {
  readonly name: string;
  readonly isHistogram: boolean;
}

const prefixes =
  /^(?:skopos|process|scrape|prometheus|alertmanager|kubescape|trivy)_|^(?:up|ALERTS|ALERTS_FOR_STATE)$/;
const severities = ['critical', 'high', 'medium', 'low', 'unknown'];

/**
 * The names of series in docs/metrics.md, those of histograms with their `_bucket`, `_sum` and `_count`. `{a,b}` and `<severity>` in a
 * name stand for several.
 */
export function documentedNames(markdown: string): string[] {
  const found = markdown.split('\n').flatMap((line): Documented[] => {
    const isHistogram = /\|\s*(?:histogram|summary)\s*\|/.test(line);
    return [...line.matchAll(/`([^`\s]+)`/g)].flatMap(([, text = '']) =>
      spelledOut(text)
        .filter((name) => prefixes.test(name))
        .map((name) => ({ name, isHistogram })),
    );
  });
  const names = found.flatMap(({ name, isHistogram }) =>
    isHistogram ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return [...new Set(names)].sort();
}

function spelledOut(text: string): string[] {
  const alternatives = /\{([\w,]+)\}|<severity>/.exec(text);
  if (alternatives === null) return /^[a-zA-Z_:][\w:]*$/.test(text) ? [text] : [];
  const [whole, list] = alternatives;
  return (list?.split(',') ?? severities).flatMap((word) => spelledOut(text.replace(whole, word)));
}
