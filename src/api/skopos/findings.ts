import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import type { Finding } from '../../model/finding.ts';
import { severities } from '../../model/verdict.ts';
import { alertsOf } from './alerts.ts';
import type { AlertJson, FindingDetailJson, FindingJson, FindingsJson } from './contract.ts';
import { base, listParameter, oneOf, wholeParameter, wordParameter } from './parameters.ts';
import { repairOf } from './repair.ts';
import type { FindingListQuery, SkoposSource } from './source.ts';

const mostFindings = 500;

/** `GET /findings` and `GET /findings/:id`. */
export function findingRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/findings`, async (request): Promise<FindingsJson> => {
    const { total, items, facets } = source.findings.list(queryOf(parameters(request), source));
    return { total, items: items.map((finding) => findingJson(finding, source)), facets };
  });

  app.get(`${base}/findings/:id`, async (request): Promise<FindingDetailJson> => {
    const { id } = request.params as { readonly id: string };
    const finding = source.findings.get(id);
    if (finding === undefined)
      throw new NotFoundError(`there is no finding "${id}"; fixed ones are removed in time`);
    return detailOf(finding, source);
  });
}

function queryOf(all: URLSearchParams, source: SkoposSource): FindingListQuery {
  const status = wordParameter(all, 'status', ['open', 'fixed', 'all']);
  const sort = wordParameter(all, 'sort', ['severity', 'newest', 'object', 'control']);
  const order = wordParameter(all, 'order', ['asc', 'desc']);
  const isNew = ['1', 'true'].includes(all.get('new') ?? '');
  return {
    severity: listParameter(all, 'severity').map((text) => oneOf('severity', text, severities)),
    controlId: listParameter(all, 'control'),
    // The namespace of what is cluster-scoped is '', so that a list (`shop,`) may hold it.
    namespace: all.getAll('namespace').flatMap((text) => (text === '' ? [] : text.split(','))),
    kind: listParameter(all, 'kind'),
    q: all.get('q') ?? '',
    offset: wholeParameter(all, 'offset', { fallback: 0 }),
    limit: wholeParameter(all, 'limit', { fallback: 50, most: mostFindings }),
    ...(isNew ? { newSinceMs: source.newSinceMs() } : {}),
    ...(status === undefined ? {} : { status }),
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  };
}

function findingJson(finding: Finding, source: SkoposSource): FindingJson {
  const { id, controlId, severity, object, evidence, status, baseline, reappeared } = finding;
  return {
    id,
    controlId,
    control: source.control(controlId)?.name ?? controlId,
    severity,
    object,
    evidence,
    status,
    firstSeenMs: finding.firstSeenMs,
    lastSeenMs: finding.lastSeenMs,
    ...(finding.fixedAtMs === undefined ? {} : { fixedAtMs: finding.fixedAtMs }),
    reappeared,
    baseline,
  };
}

async function detailOf(finding: Finding, source: SkoposSource): Promise<FindingDetailJson> {
  const control = source.control(finding.controlId);
  return {
    ...findingJson(finding, source),
    why: control?.why ?? '',
    fix: control?.fix ?? '',
    category: control?.category ?? '',
    frameworks: control?.frameworks ?? [],
    related: finding.related,
    ...(await repairOf(finding, source)),
    history: source.ledger.query({ subject: finding.id, limit: 200 }),
    alerts: alertsOf(source).filter((alert) => isAbout(alert, finding)),
  };
}

/** An alert is about a finding when its labels name the control, and no other object than the finding's. */
function isAbout({ labels }: AlertJson, { controlId, object, drill }: Finding): boolean {
  if ((labels['skopos_drill'] ?? '') !== (drill ?? '')) return false;
  const says = (names: readonly string[], value: string) =>
    names.every((name) => labels[name] === undefined || labels[name] === value);
  return (
    [labels['control_id'], labels['control']].includes(controlId) &&
    says(['namespace', 'exported_namespace'], object.namespace) &&
    says(['kind', 'resource_kind'], object.kind) &&
    says(['name', 'resource_name', 'resource'], object.name)
  );
}
