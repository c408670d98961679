import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import type { Verdict, VerdictState } from '../../model/verdict.ts';
import type { ResourceJson } from './contract.ts';
import { noneOfAny } from './controls.ts';
import { base } from './parameters.ts';
import { shownOf } from './repair.ts';
import type { JudgedControl, SkoposSource } from './source.ts';
import { bySeverity, verdictJson } from './verdicts.ts';

/** The most urgent first. */
const states: readonly VerdictState[] = ['fail', 'unknown', 'excepted', 'pass', 'not-applicable'];

const mostHistory = 100;

/** `GET /resource`. */
export function resourceRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/resource`, async (request): Promise<ResourceJson> => {
    const key = parameters(request).get('key') ?? '';
    const ref = refOfKey(key);
    if (ref === undefined)
      throw new BadInputError(
        'key',
        `expected group/Kind/namespace/name, as apps/Deployment/shop/cart, got "${key}"`,
      );
    const [info, verdicts] = [await source.objectOf(ref), [...source.posture.verdicts({ states, key })]];
    if (info.object === undefined && verdicts.length === 0)
      throw new NotFoundError(`there is no object "${key}", and no verdict on one`);
    const shown = shownOf(info, ref, source);
    const file = info.origin?.file ?? info.text?.file;
    return {
      key,
      object: ref,
      counts: countsOf(verdicts),
      verdicts: detailsOf(verdicts, key, source, shown),
      history: historyOf(ref, key, source),
      ...(file === undefined ? {} : { file }),
      ...(shown === undefined ? {} : { yaml: shown.yaml }),
    };
  });
}

/** The reverse of `keyOf`; names may hold slashes, nothing else may. */
export function refOfKey(key: string): ObjectRef | undefined {
  const [group, kind, namespace, ...rest] = key.split('/');
  if (group === undefined || kind === undefined || namespace === undefined || rest.length === 0)
    return undefined;
  return kind === '' ? undefined : { group, kind, namespace, name: rest.join('/') };
}

function countsOf(verdicts: readonly Verdict[]): ResourceJson['counts'] {
  const counts = noneOfAny();
  for (const { state } of verdicts) counts[state]++;
  return counts;
}

function detailsOf(
  verdicts: readonly Verdict[],
  key: string,
  source: SkoposSource,
  shown: ReturnType<typeof shownOf>,
): ResourceJson['verdicts'] {
  const controls = new Map(source.posture.controls.map((control) => [control.id, control]));
  const findings = openFindingsOf(verdicts[0]?.object, key, source);
  return verdicts
    .map((verdict) => ({
      ...verdictJson(verdict, controls.get(verdict.controlId)),
      lines: verdict.evidence.map((evidence) =>
        shown === undefined ? [] : source.mark({ ...shown.place, yaml: shown.yaml, evidence }).lines,
      ),
      findings: findings.get(verdict.controlId) ?? [],
      related: verdict.related.map((object) => ({ key: keyOf(object), object })),
      aboutImages: isAboutImages(controls.get(verdict.controlId)),
    }))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || bySeverity(a, b));
}

function isAboutImages(control: JudgedControl | undefined): boolean {
  return control?.checks?.some(({ needs = [] }) => needs.includes('ImageVulnerabilities')) ?? false;
}

/** Ids of the open findings on an object, by control. */
function openFindingsOf(ref: ObjectRef | undefined, key: string, source: SkoposSource) {
  const byControl = new Map<string, string[]>();
  if (ref === undefined) return byControl;
  for (const { id, controlId } of findingsOn(ref, key, source, 'open')) {
    const ids = byControl.get(controlId);
    if (ids === undefined) byControl.set(controlId, [id]);
    else ids.push(id);
  }
  return byControl;
}

function historyOf(ref: ObjectRef, key: string, source: SkoposSource): ResourceJson['history'] {
  return findingsOn(ref, key, source, 'all')
    .map(({ id, controlId, severity, evidence, firstSeenMs, openedMs, fixedAtMs, reappeared }) => ({
      finding: id,
      controlId,
      control: source.control(controlId)?.name ?? controlId,
      severity,
      path: evidence.path,
      firstSeenMs,
      openedMs,
      reappeared,
      ...(fixedAtMs === undefined ? {} : { fixedAtMs }),
    }))
    .sort((a, b) => (b.fixedAtMs ?? b.openedMs) - (a.fixedAtMs ?? a.openedMs))
    .slice(0, mostHistory);
}

/** Findings on exactly this object; the list finds by parts of names too. */
function findingsOn(ref: ObjectRef, key: string, { findings }: SkoposSource, status: 'open' | 'all') {
  const { items } = findings.list({
    status,
    kind: [ref.kind],
    namespace: [ref.namespace],
    q: ref.name,
    limit: 500,
  });
  return items.filter(({ object }) => keyOf(object) === key);
}
