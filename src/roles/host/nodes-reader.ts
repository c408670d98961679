import type { NodesReader } from '../../api/skopos/nodes.ts';
import type { NodeDetailJson, NodeJson } from '../../api/skopos/nodes-contract.ts';
import type { NodeRecord } from '../../host/book/host-book.ts';
import { liveIndex } from '../../kit/live-index.ts';
import { hostKinds } from '../../model/host.ts';
import { keyOf } from '../../model/object.ts';
import { severities, severityOf, type Verdict } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import type { PostureEngine } from '../../posture/engine.ts';
import { type HostRole, hostKey } from './host-role.ts';

export interface NodesReaderParts {
  readonly host: HostRole | undefined;
  readonly engine: PostureEngine;
  readonly posture: { readonly controls: readonly Control[] };
}

const states = ['fail', 'unknown', 'excepted', 'pass'] as const;

type NodeVerdict = Verdict & { readonly state: (typeof states)[number] };

/** Nodes as our own API tells of them; undefined where none are asked. */
export function nodesReader({ host, engine, posture }: NodesReaderParts): NodesReader | undefined {
  if (host === undefined) return undefined;
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);

  /** Of what the node tells, and of the Node itself. */
  function verdictsOf(node: string): readonly NodeVerdict[] {
    const keys = [
      ...hostKinds.map((kind) => hostKey(node, kind)),
      keyOf({ group: '', kind: 'Node', namespace: '', name: node }),
    ];
    return keys.flatMap((key) => [...engine.verdicts({ states, key })]).filter(isOfNode);
  }

  function counted(verdicts: readonly NodeVerdict[]): NodeJson['verdicts'] {
    const counts = { fail: 0, unknown: 0, excepted: 0, pass: 0 };
    for (const { state } of verdicts) counts[state]++;
    return counts;
  }

  function controlJson({
    controlId,
    state,
    reason,
    evidence,
  }: NodeVerdict): NodeDetailJson['controls'][number] {
    const control = controlNamed(controlId);
    return {
      id: controlId,
      name: control?.name ?? controlId,
      severity: severityOf(control?.baseScore ?? 0),
      state,
      reason: reason ?? [...new Set(evidence.map(({ message }) => message))].join('; '),
    };
  }

  return {
    staleAfterMs: host.settings.stale_after,
    nodes: () => host.book.records().map(rowOf),
    verdictsOf: (node) => counted(verdictsOf(node)),
    node(name) {
      const record = host.book.record(name);
      if (record === undefined) return undefined;
      const verdicts = verdictsOf(name);
      return {
        ...rowOf(record),
        verdicts: counted(verdicts),
        facts: host.book.facts(name).map(({ kind, data, gaps }) => ({ kind, data, gaps: [...gaps] })),
        controls: verdicts.map(controlJson).sort(worstFirst),
      };
    },
  };
}

type ControlJson = NodeDetailJson['controls'][number];

function worstFirst(a: ControlJson, b: ControlJson): number {
  return (
    states.indexOf(a.state) - states.indexOf(b.state) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    (a.id < b.id ? -1 : 1)
  );
}

function isOfNode(verdict: Verdict): verdict is NodeVerdict {
  return verdict.object.name !== '*' && (states as readonly string[]).includes(verdict.state);
}

function rowOf({ node, ...record }: NodeRecord) {
  return { name: node, ...record };
}
