/** The JSON of how objects hang together: access, exposure, relations. Types only, exported from contract.ts. */
import type { ObjectRef } from '../../model/object.ts';

/** Whoever access is given to. */
export interface SubjectJson {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  /** '' for users and groups. */
  readonly namespace: string;
  readonly name: string;
  /** Names it for `GET /access/subject`. */
  readonly key: string;
}

/** An object that is named, with what names it for `GET /resource`. */
export interface NamedObjectJson {
  readonly key: string;
  readonly object: ObjectRef;
}

/** Something that access allows and that is worth more than it looks. */
export interface PowerJson {
  readonly id: string;
  /** After the subject: `may read Secrets`. */
  readonly title: string;
  readonly why: string;
  /** 3: leads to everything or nearly; 2: leads to others or to secrets; 1: worth knowing. */
  readonly weight: 1 | 2 | 3;
  /** '' for everywhere. */
  readonly namespace: string;
  /** Objects that it is limited to; empty for any. */
  readonly names: readonly string[];
  readonly binding: NamedObjectJson;
  readonly role: NamedObjectJson;
}

/** GET /access?q=&kind=&namespace=&power=&cluster=true&offset=&limit=: who has more than it looks, the worst first */
export interface AccessJson {
  readonly total: number;
  readonly items: readonly AccessRowJson[];
}

export interface AccessRowJson {
  readonly subject: SubjectJson;
  readonly powers: readonly PowerJson[];
  /** Whether it gets to do everything, by itself or by acting as others. */
  readonly leadsToCluster: boolean;
  /** Workloads that run as it. */
  readonly workloads: number;
}

/** GET /access/subject?subject= */
export interface SubjectAccessJson extends Omit<AccessRowJson, 'workloads'> {
  readonly workloads: readonly NamedObjectJson[];
  readonly permissions: readonly {
    /** '' for everywhere. */
    readonly namespace: string;
    readonly binding: NamedObjectJson;
    readonly role: NamedObjectJson;
    /** The group that it comes by; absent when the binding names the subject itself. */
    readonly group?: string;
    readonly rules: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly resourceNames: readonly string[];
      readonly nonResourceURLs: readonly string[];
    }[];
  }[];
  /** Roles that are given and that are not there, so that nobody can tell what they allow. */
  readonly unknownRoles: readonly { readonly binding: NamedObjectJson; readonly role: NamedObjectJson }[];
  /** Whom it can act as, nearest first. */
  readonly reaches: readonly ReachStepJson[];
  /** More than are listed. */
  readonly isCut: boolean;
  /** The shortest way to everything; the last step has no `to`. Absent when there is none. */
  readonly toCluster?: readonly ReachStepJson[];
}

export interface ReachStepJson {
  readonly from: SubjectJson;
  readonly to?: SubjectJson;
  readonly power: PowerJson;
}

/** GET /access/who?verb=&resource=&group=&namespace=&name=: who may do something */
export interface WhoMayJson {
  readonly items: readonly {
    readonly subject: SubjectJson;
    /** '' for everywhere. */
    readonly namespace: string;
    readonly binding: NamedObjectJson;
    readonly role: NamedObjectJson;
  }[];
}

export type WayStateJson = 'open' | 'limited' | 'closed' | 'not-filtered';

/** One way from outside of the cluster to a workload. */
export interface WayJson {
  readonly kind:
    | 'load-balancer'
    | 'node-port'
    | 'external-ip'
    | 'ingress'
    | 'gateway'
    | 'host-network'
    | 'host-port';
  readonly scope: 'outside' | 'private' | 'nodes' | { readonly sources: readonly string[] };
  /** From outside inwards, without the workload. */
  readonly through: readonly NamedObjectJson[];
  readonly hosts: readonly string[];
  readonly ports: readonly { readonly protocol: string; readonly port: number; readonly name?: string }[];
  /** What network policies say of it. */
  readonly state: WayStateJson;
  readonly policies: readonly NamedObjectJson[];
}

/** GET /exposure?q=&namespace=&state=&kind=&offset=&limit= */
export interface ExposureJson {
  readonly total: number;
  readonly items: readonly (NamedObjectJson & { readonly ways: readonly WayJson[] })[];
  /** Kinds of policies that are there and that are not evaluated. */
  readonly notEvaluated: readonly string[];
}

/** GET /exposure/connection?from=&to=&port=&protocol=: whether pods of one may connect to pods of the other */
export interface ConnectionJson {
  readonly from: NamedObjectJson;
  readonly to: NamedObjectJson;
  readonly notEvaluated: readonly string[];
  /** One for each port asked for, or that the target listens on. */
  readonly ports: readonly {
    readonly port: { readonly protocol: string; readonly port: number; readonly name?: string };
    readonly isOpen: boolean;
    readonly egress: GateJson;
    readonly ingress: GateJson;
  }[];
}

export interface GateJson {
  readonly isOpen: boolean;
  /** The policies that let it through, or those that keep it out; none where no policy concerns it. */
  readonly policies: readonly NamedObjectJson[];
}

/** GET /relations?key= */
export interface RelationsJson extends NamedObjectJson {
  readonly related: readonly (NamedObjectJson & { readonly relation: string; readonly isHeld: boolean })[];
  /** For what has pods. */
  readonly network?: {
    readonly ways: readonly WayJson[];
    readonly ingress: TrafficJson;
    readonly egress: TrafficJson;
    readonly notEvaluated: readonly string[];
  };
  /** For what runs as a service account, or is one. */
  readonly access?: AccessRowJson;
}

export interface TrafficJson {
  /** Whether any policy limits this direction. */
  readonly isLimited: boolean;
  readonly rules: readonly {
    readonly policy: NamedObjectJson;
    /** Whom it lets through, in words; empty for everyone. */
    readonly peers: readonly string[];
    readonly ports: string;
  }[];
  /** Policies that let nobody through. */
  readonly denying: readonly NamedObjectJson[];
}
