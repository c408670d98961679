import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import { severities, type VerdictState } from '../../model/verdict.ts';
import type { ControlDetailJson, ControlJson, ControlStateJson, ControlsJson } from './contract.ts';
import { base, listParameter, oneOf } from './parameters.ts';
import type { JudgedControl, PostureReader, SkoposSource } from './source.ts';

const states: readonly ControlStateJson[] = ['fail', 'unknown', 'pass', 'not-applicable'];

/** `GET /controls` and `GET /controls/:id`. */
export function controlRoutes(app: FastifyInstance, { posture }: SkoposSource): void {
  app.get(`${base}/controls`, async (request): Promise<ControlsJson> => {
    const all = parameters(request);
    const wanted = listParameter(all, 'state').map((text) => oneOf('state', text, states));
    const severe = listParameter(all, 'severity').map((text) => oneOf('severity', text, severities));
    const names = posture.frameworks().map(({ name }) => name);
    const within = listParameter(all, 'framework').map((text) => oneOf('framework', text, names));
    const members = new Set(
      posture.frameworks().flatMap(({ name, controls }) => (within.includes(name) ? controls : [])),
    );
    const q = (all.get('q') ?? '').trim().toLowerCase();
    const items = controlsJson(posture).filter(
      ({ id, name, category, state, severity }) =>
        (wanted.length === 0 || wanted.includes(state)) &&
        (severe.length === 0 || severe.includes(severity)) &&
        (within.length === 0 || members.has(id)) &&
        `${id} ${name} ${category}`.toLowerCase().includes(q),
    );
    return { total: items.length, items: items.sort(byUrgency) };
  });

  app.get(`${base}/controls/:id`, async (request): Promise<ControlDetailJson> => {
    const { id } = request.params as { readonly id: string };
    const control = posture.controls.find((one) => one.id.toLowerCase() === id.toLowerCase());
    if (control !== undefined) return detailOf(control, posture);
    const ids = posture.controls.map((one) => one.id);
    throw new NotFoundError(
      `no control "${id}" is judged here${didYouMean(id.toUpperCase(), ids)}; posture.frameworks chooses them`,
    );
  });
}

/** Judged controls (all when left out) with their standing, in their order. */
export function controlsJson(
  posture: PostureReader,
  controls: readonly JudgedControl[] = posture.controls,
): ControlJson[] {
  const sums = new Map<string, Record<VerdictState, number>>();
  for (const { controlId, states: row } of posture.counts()) {
    const sum = sums.get(controlId) ?? noneOfAny();
    for (const state of Object.keys(sum) as VerdictState[]) sum[state] += row[state];
    sums.set(controlId, sum);
  }
  const standings = new Map(posture.scores().map((score) => [score.controlId, score]));
  return controls.flatMap(({ id, name, category }) => {
    const standing = standings.get(id);
    if (standing === undefined) return [];
    const { severity, state, compliance, honest, missing } = standing;
    const counts = sums.get(id) ?? noneOfAny();
    const strict = honest === undefined ? {} : { honest };
    return [{ id, name, severity, category, state, compliance, ...strict, counts, missing }];
  });
}

export function noneOfAny(): Record<VerdictState, number> {
  return { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 };
}

/** What fails before what is unknown, then by severity, then by how many objects it is about. */
export function byUrgency(a: ControlJson, b: ControlJson): number {
  return (
    states.indexOf(a.state) - states.indexOf(b.state) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    b.counts.fail - a.counts.fail ||
    (a.id < b.id ? -1 : 1)
  );
}

function detailOf(control: JudgedControl, posture: PostureReader): ControlDetailJson {
  const json = controlsJson(posture, [control])[0];
  if (json === undefined) throw new NotFoundError(`nothing is known of the control "${control.id}"`);
  const { id, baseScore, why, fix, examples } = control;
  const namespaces = [...posture.counts()]
    .filter((row) => row.controlId === id)
    .map(({ namespace, states: counts }) => ({ namespace, counts }))
    .sort((a, b) => b.counts.fail - a.counts.fail || (a.namespace < b.namespace ? -1 : 1));
  return {
    ...json,
    baseScore,
    why,
    fix,
    frameworks: posture
      .frameworks()
      .filter(({ controls }) => controls.includes(id))
      .map(({ name, numbers }) => ({ name, number: numbers?.[id] ?? '' })),
    namespaces,
    examples: { pass: examples.pass, fail: examples.fail },
  };
}
