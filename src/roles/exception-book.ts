import { endlessMs, isEndless } from '../alerting/silence.ts';
import type { NewAlert } from '../alerting/views.ts';
import { parseWindows } from '../alerting/window-json.ts';
import type { ExceptionBook, ExceptionPreview, ListedException } from '../api/skopos/source.ts';
import type { ExceptionStore, NewException } from '../findings/exceptions/exception-store.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { BadInputError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Ledger } from '../model/ledger.ts';
import { type KubeObject, keyOf, type ObjectRef } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Control } from '../posture/control.ts';
import type { PostureEngine } from '../posture/engine.ts';
import { ExceptionSet, type ExceptionSurroundings } from '../posture/exceptions/exception-set.ts';
import type { ExceptionScope, PostureException } from '../posture/exceptions/posture-exception.ts';
import { asPosture, type Exceptions, stateOfException } from './exceptions.ts';

export interface ExceptionBookOptions {
  readonly clock: Clock;
  readonly kept: ExceptionStore;
  readonly exceptions: Pick<Exceptions, 'declared' | 'refresh'>;
  readonly engine: Pick<PostureEngine, 'verdicts'>;
  readonly controls: readonly Control[];
  readonly inventory: Pick<Inventory, 'object'>;
  readonly around: ExceptionSurroundings;
  /** Told who excepted what, and who ended it. */
  readonly ledger: Ledger;
}

/** Verdicts that a preview names. */
const shownVerdicts = 100;
/** Fewer than that is no reason to ask whether all are meant. */
const manyVerdicts = 10;
/** Files and objects say nothing of notice. */
const declaredNoticeMs = 86_400_000;

/** Exceptions of posture as one list, whoever made them, with what each excepts; and making, changing and ending those of people. */
export function exceptionBook(options: ExceptionBookOptions): ExceptionBook {
  const { clock, kept, exceptions, engine } = options;
  const controls = new Map(options.controls.map((control) => [control.id, control]));

  function list(): readonly ListedException[] {
    const nowMs = clock.now();
    let counts: ReadonlyMap<string, number> | undefined;
    // Counting looks at every verdict, so it waits until somebody asks.
    const countOf = (name: string): number => {
      counts ??= countsOf(engine);
      return counts.get(name) ?? 0;
    };
    const ids = new Map<string, number>();
    return [
      ...kept.list().map(
        (one): ListedException => ({
          ...one,
          origin: 'person',
          source: '',
          state: stateOfException(one, nowMs),
          get excepts() {
            return countOf(one.id);
          },
        }),
      ),
      ...exceptions.declared().map((one): ListedException => {
        const id = `${one.origin}:${one.name}`;
        const times = ids.get(id) ?? 0;
        ids.set(id, times + 1);
        return declaredOf(one, { id: times === 0 ? id : `${id}:${times + 1}`, nowMs, countOf });
      }),
    ];
  }

  function preview(wanted: Pick<NewException, 'id' | 'scopes' | 'policies' | 'endsAtMs'>): ExceptionPreview {
    const set = new ExceptionSet([asPosture({ ...blank, ...wanted, id: wanted.id ?? '' })], options.around);
    const needsObject = wanted.scopes.some(({ labels }) => Object.keys(labels ?? {}).length > 0);
    const found: Verdict[] = [];
    let failing = 0;
    let total = 0;
    for (const verdict of engine.verdicts({ states: ['fail', 'excepted'] })) {
      if (verdict.state === 'excepted' && verdict.exception !== wanted.id) continue;
      failing++;
      const control = controls.get(verdict.controlId);
      const object = objectOf(verdict.object, needsObject ? options.inventory : undefined);
      if (control === undefined || object === undefined) continue;
      const { evidence, related } = verdict;
      const after = set.applied(control, object, { state: 'fail', evidence, related });
      if (after.state !== 'excepted' && after.evidence.length === evidence.length) continue;
      total++;
      if (found.length < shownVerdicts) found.push(verdict);
    }
    return {
      total,
      verdicts: found.map(({ controlId, object }) => ({
        controlId,
        control: controls.get(controlId)?.name ?? '',
        object,
      })),
      warnings: warningsOf(wanted, { total, failing }, clock.now()),
    };
  }

  function note(id: string, decision: string): void {
    const one = kept.list().find((candidate) => candidate.id === id);
    if (one === undefined) return;
    const { owner, createdBy, reason, scopes, policies, startsAtMs, endsAtMs } = one;
    options.ledger({
      atMs: clock.now(),
      cause: `exception:${id}`,
      hop: 'verdict',
      subject: `exception:${id}`,
      decision,
      detail: { owner, createdBy, reason, scopes, policies, startsAtMs, endsAtMs },
    });
  }

  return {
    list,
    get: (id) => list().find((one) => one.id === id),
    preview,
    set(wanted) {
      // Reading them refuses what is no window, and patterns that are none.
      parseWindows(wanted.windows);
      new ExceptionSet([asPosture({ ...wanted, id: '', updatedAtMs: 0 })], options.around);
      refuseDeclared(wanted.id);
      const before = wanted.id === undefined ? undefined : kept.list().find(({ id }) => id === wanted.id);
      const id = kept.set(wanted);
      note(id, before === undefined ? 'excepted' : 'exception changed');
      exceptions.refresh();
      return id;
    },
    expire(id) {
      refuseDeclared(id);
      kept.expire(id);
      note(id, 'exception ended');
      exceptions.refresh();
    },
  };
}

/** Alerts that say which exceptions end soon, and what fails again then; they resolve when it has ended or was prolonged. */
export function exceptionNotices(book: Pick<ExceptionBook, 'list'>, nowMs: number): readonly NewAlert[] {
  return book
    .list()
    .filter((one) => {
      const isSoon = one.noticeMs > 0 && one.endsAtMs - one.noticeMs <= nowMs;
      return one.state === 'active' && isSoon && one.excepts > 0;
    })
    .map(({ id, owner, endsAtMs, excepts, reason, createdBy }) => ({
      labels: {
        alertname: 'SkoposExceptionEnds',
        severity: 'info',
        exception: id,
        ...(owner === '' ? {} : { owner }),
      },
      annotations: {
        summary: `An exception that excepts ${excepts} ${excepts === 1 ? 'failing verdict' : 'failing verdicts'} ends at ${new Date(endsAtMs).toISOString()}`,
        description: `Made by ${createdBy || owner || 'somebody'}: ${reason}`,
      },
      endsAtMs,
    }));
}

const blank = {
  startsAtMs: 0,
  createdBy: '',
  owner: '',
  reason: '',
  windows: [],
  noticeMs: 0,
  updatedAtMs: 0,
} as const;

/** How many verdicts each exception excepts, by its name. */
function countsOf(engine: Pick<PostureEngine, 'verdicts'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { exception = '' } of engine.verdicts({ states: ['excepted'] }))
    counts.set(exception, (counts.get(exception) ?? 0) + 1);
  return counts;
}

function declaredOf(
  one: PostureException & { readonly origin: 'file' | 'object' },
  {
    id,
    nowMs,
    countOf,
  }: { readonly id: string; readonly nowMs: number; readonly countOf: (name: string) => number },
): ListedException {
  const { expiresAtMs = endlessMs, owner = '', reason = '', scopes, policies, origin, source } = one;
  return {
    id,
    scopes,
    policies,
    startsAtMs: 0,
    endsAtMs: expiresAtMs,
    createdBy: owner,
    owner,
    reason,
    windows: [],
    noticeMs: expiresAtMs === endlessMs ? 0 : declaredNoticeMs,
    updatedAtMs: 0,
    origin,
    source,
    state: nowMs >= expiresAtMs ? 'expired' : 'active',
    get excepts() {
      return countOf(one.name);
    },
  };
}

function refuseDeclared(id: string | undefined): void {
  if (id?.startsWith('file:'))
    throw new BadInputError('', `${id} is declared in a file; change it there and reload`);
  if (id?.startsWith('object:'))
    throw new BadInputError('', `${id} is an object of the cluster; change it there`);
}

/** The object as far as scopes look at it: whole only where they ask for labels. */
function objectOf(ref: ObjectRef, inventory: Pick<Inventory, 'object'> | undefined): KubeObject | undefined {
  if (inventory !== undefined) return inventory.object(keyOf(ref));
  const { group, kind, namespace, name } = ref;
  return { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind, metadata: { name, namespace } };
}

function warningsOf(
  { scopes, policies, endsAtMs }: Pick<NewException, 'scopes' | 'policies' | 'endsAtMs'>,
  counts: { readonly total: number; readonly failing: number },
  nowMs: number,
): ExceptionPreview['warnings'] {
  const isAnything = policies.length === 0 && scopes.some(isForAnything);
  return [
    ...(isAnything
      ? [
          {
            code: 'matches-everything' as const,
            text: 'It is for every control and every object or nearly, those of the future too.',
          },
        ]
      : []),
    ...(isEndless({ endsAtMs }, nowMs)
      ? [{ code: 'endless' as const, text: 'It has no end: nobody will be reminded that it is there.' }]
      : []),
    ...(!isAnything && counts.failing >= manyVerdicts && counts.total === counts.failing
      ? [{ code: 'matches-all-failing' as const, text: `It excepts all ${counts.failing} that fails now.` }]
      : []),
  ];
}

/** Whether all that it says are patterns that fit anything. */
function isForAnything(scope: ExceptionScope): boolean {
  return Object.values(scope).every((value) => typeof value === 'string' && /^(?:\.[*+])?$/.test(value));
}
