import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError, messageOf, NotFoundError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { Labels } from '../../model/labels.ts';
import { formatMatcher, type Matcher } from '../../model/matcher.ts';
import { alertingRules, detailOf, instancesOf } from './alerts.ts';
import type { WhyJson } from './contract.ts';
import { base } from './parameters.ts';
import type { SkoposSource } from './source.ts';

const mostAlerts = 10;
/** Of the newest ledger rows, so many are looked through for alerts that are gone. */
const rowsLookedThrough = 1000;

/** `GET /why?alert=`: an alert's whole life, found by what a person knows of it; or why there is none. */
export function whyRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/why`, async (request): Promise<WhyJson> => {
    const text = (parameters(request).get('alert') ?? '').trim();
    if (text === '')
      throw new BadInputError(
        'alert',
        'say which: labels, a name, a fingerprint, or the cause of a ledger row',
      );
    const fingerprints = find(text, source);
    const items = [];
    for (const fingerprint of fingerprints.slice(0, mostAlerts)) {
      try {
        items.push(await detailOf(fingerprint, source));
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    return {
      items,
      total: Math.max(items.length, fingerprints.length),
      answer: items.length > 0 ? '' : answerForNone(text, source),
    };
  });
}

/** Fingerprints of what is meant, those that fire first, each once. */
function find(text: string, source: SkoposSource): readonly string[] {
  if (/^[0-9a-f]{16}$/.test(text)) return [text];
  const byCause = source.ledger
    .query({ cause: text, limit: rowsLookedThrough })
    .flatMap(({ detail }) => [
      detail['fingerprint'],
      ...(Array.isArray(detail['fingerprints']) ? detail['fingerprints'] : []),
    ])
    .filter((one): one is string => typeof one === 'string');
  if (byCause.length > 0) return [...new Set(byCause)];
  const matchers = readMatchers(text, source);
  if ('problem' in matchers) throw new BadInputError('alert', matchers.problem);
  const test = testOf(matchers);
  const firing = source.router.alerts({ matchers }).map(({ fingerprint }) => fingerprint);
  const pending = instancesOf(source)
    .filter(({ labels }) => test(labels))
    .map(({ fingerprint }) => fingerprint);
  const past = source.ledger
    .query({ limit: rowsLookedThrough })
    .filter(({ hop, detail }) => hop === 'alert' && test(labelsIn(detail['labels'])))
    .map(({ detail }) => String(detail['fingerprint'] ?? ''))
    .filter((fingerprint) => fingerprint !== '');
  return [...new Set([...firing, ...pending, ...past])];
}

/** `HighLoad` alone is a name. */
function readMatchers(text: string, source: SkoposSource): readonly Matcher[] | { readonly problem: string } {
  if (/^[A-Za-z_][\w.-]*$/.test(text)) return [{ name: 'alertname', op: '=', value: text }];
  try {
    return source.parseMatchers(text);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function testOf(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map(({ name, ...matcher }) => ({ name, test: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labels[name] ?? ''));
}

function labelsIn(value: unknown): Labels {
  return typeof value === 'object' && value !== null ? (value as Labels) : {};
}

/** Why nobody was paged when there is no such alert: no rule, or one whose condition does not hold. */
function answerForNone(text: string, source: SkoposSource): string {
  const matchers = readMatchers(text, source);
  if ('problem' in matchers || /^[0-9a-f]{16}$/.test(text))
    return `Nothing is known of "${text}": no alert has that fingerprint now, and the ledger has no row of it any more.`;
  const labels = Object.fromEntries(
    matchers.filter(({ op }) => op === '=').map(({ name, value }) => [name, value]),
  );
  const shown = `{${matchers.map(formatMatcher).join(', ')}}`;
  const rule = ruleAnswer(matchers, source);
  const reach = Object.keys(labels).length === 0 ? undefined : source.router.wouldReach(labels);
  const silences = Object.keys(labels).length === 0 ? [] : source.router.tools.testRoute(labels).silencedBy;
  const held = silences.length === 0 ? '' : `, but silence ${silences.join(', ')} would hold it back`;
  const way =
    reach === undefined
      ? ''
      : reach.length === 0
        ? ' One with these labels would reach nobody.'
        : ` One with these labels would go to ${reach.join(', ')}${held}.`;
  return `Nobody was told, because there is no alert ${shown}, neither now nor in the last ${rowsLookedThrough} ledger rows. ${rule}${way}`;
}

function ruleAnswer(matchers: readonly Matcher[], source: SkoposSource): string {
  const name = matchers.find((matcher) => matcher.name === 'alertname');
  if (name === undefined) return 'Name the alert (alertname="…") to see what its rule says.';
  const test = compileMatcher(name);
  const rules = alertingRules(source).filter(({ spec }) => test(spec.name));
  const [first] = rules;
  if (first === undefined)
    return `No alerting rule is called ${name.value}; it can only come from outside, through the API.`;
  const others = first.alerts.length;
  return others === 0
    ? `Its rule ${first.spec.name} (group ${first.group}) is evaluated, and its condition holds for nothing: ${first.spec.expr}.`
    : `Its rule ${first.spec.name} has ${others} other ${others === 1 ? 'alert' : 'alerts'}, none with these labels.`;
}
