/** The JSON of the posture part of our own API; types only, like contract.ts, which it is exported from. */
import type { ObjectRef } from '../../model/object.ts';
import type { Evidence, Severity, VerdictState } from '../../model/verdict.ts';

type FacetJson = { readonly value: string; readonly label: string; readonly count: number };

export type ControlStateJson = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** GET /frameworks: those that are judged here. */
export interface FrameworksJson {
  readonly items: readonly FrameworkJson[];
  /** Others that there are; `posture.frameworks` chooses. */
  readonly others: readonly { readonly name: string; readonly title: string }[];
}

export interface FrameworkJson {
  readonly name: string;
  readonly title: string;
  /** The managed Kubernetes that it is written for. */
  readonly managed?: string;
  readonly compliance: number;
  readonly honest?: number;
  /** Points that lead from `compliance` to `honest`; absent with it. */
  readonly difference?: ScoreDifferenceJson;
  readonly controls: Readonly<Record<ControlStateJson, number>>;
  readonly trend: readonly (readonly [atMs: number, compliance: number])[];
}

/** `compliance + irrelevant + unreadable = honest`. */
export interface ScoreDifferenceJson {
  /** Controls with nothing to judge no longer count as 100. */
  readonly irrelevant: number;
  readonly irrelevantControls: number;
  /** What could not be read counts as not passed. */
  readonly unreadable: number;
  readonly unreadableControls: number;
}

/** GET /frameworks/:name */
export interface FrameworkDetailJson extends FrameworkJson {
  /** Each control stands in one of them; the last, without a number, holds those that have none. */
  readonly sections: readonly FrameworkSectionJson[];
}

export interface FrameworkSectionJson {
  readonly number: string;
  readonly title: string;
  readonly controls: readonly (ControlJson & {
    /** What the framework calls it; '' when nothing. */ readonly number: string;
  })[];
}

/** GET /controls?framework=&state=&severity=&q= (comma lists allowed) */
export interface ControlsJson {
  readonly total: number;
  readonly items: readonly ControlJson[];
}

export interface ControlJson {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly category: string;
  readonly state: ControlStateJson;
  readonly compliance: number;
  readonly honest?: number;
  /** Objects by state. Of `unknown`, `missing` stand for things that could not be read at all. */
  readonly counts: Readonly<Record<VerdictState, number>>;
  readonly missing: number;
}

/** GET /controls/:id */
export interface ControlDetailJson extends ControlJson {
  readonly baseScore: number;
  readonly why: string;
  readonly fix: string;
  /** Frameworks that it is part of here, and what they call it. */
  readonly frameworks: readonly { readonly name: string; readonly number: string }[];
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly counts: Readonly<Record<VerdictState, number>>;
  }[];
  readonly examples: {
    readonly pass: readonly string[];
    readonly fail: readonly { readonly yaml: string; readonly paths: readonly string[] }[];
  };
}

/** GET /verdicts?state=fail|unknown|excepted|pass|not-applicable&control=&namespace=&kind=&q=&offset=&limit= (comma lists allowed but for `state`) */
export interface VerdictsJson {
  readonly total: number;
  readonly items: readonly VerdictJson[];
  /** Counts by value under the other filters; `kind` is empty for `pass` and `not-applicable`. */
  readonly facets: {
    readonly control: readonly FacetJson[];
    readonly namespace: readonly FacetJson[];
    readonly kind: readonly FacetJson[];
  };
}

export interface VerdictJson {
  readonly controlId: string;
  readonly control: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  /** Names the object for `GET /resource`. */
  readonly key: string;
  readonly state: VerdictState;
  /** Why it is unknown, excepted or not applicable. */
  readonly reason?: string;
  readonly exception?: string;
  readonly evidence: readonly Evidence[];
}

/** GET /resource?key=: everything that is known of one object. */
export interface ResourceJson {
  readonly key: string;
  readonly object: ObjectRef;
  readonly counts: Readonly<Record<VerdictState, number>>;
  /** The most urgent first: fail, unknown, excepted, pass, not applicable; by severity within. */
  readonly verdicts: readonly (VerdictJson & {
    /** Lines of `yaml`, from 1, that each piece of evidence points at. */
    readonly lines: readonly (readonly number[])[];
    /** Findings behind it, to look closer at. */
    readonly findings: readonly string[];
    readonly related: readonly { readonly key: string; readonly object: ObjectRef }[];
    /** Whether it is by what is known of images that the control judges. */
    readonly aboutImages: boolean;
  })[];
  /** What was found on it, open and mended, the newest first; at most 100. */
  readonly history: readonly {
    readonly finding: string;
    readonly controlId: string;
    readonly control: string;
    readonly severity: Severity;
    readonly path: string;
    readonly firstSeenMs: number;
    /** When it last became open. */
    readonly openedMs: number;
    /** Absent while it is open. */
    readonly fixedAtMs?: number;
    /** How often it came back. */
    readonly reappeared: number;
  }[];
  readonly file?: string;
  /** Redacted; absent when the object is gone, or is nothing that has a text. */
  readonly yaml?: string;
}

/** GET /attack-paths */
export interface AttackPathsJson {
  /** Ranked: complete ones first, then by what is lost at the end of the track, then by score. At most 500. */
  readonly items: readonly AttackPathJson[];
  readonly total: number;
  readonly tracks: readonly {
    readonly name: string;
    readonly title: string;
    /** What people have to know of its results; often ''. */
    readonly note: string;
    /** Workloads on it. */
    readonly complete: number;
    readonly possible: number;
    /** Controls that it rests on and that no judged framework has; while any is missing, its paths may be too. */
    readonly unjudged: readonly string[];
  }[];
}

export interface AttackPathJson {
  readonly track: string;
  readonly title: string;
  readonly object: ObjectRef;
  readonly key: string;
  /** `possible`: a step of it could not be judged. */
  readonly state: 'complete' | 'possible';
  readonly score: number;
  readonly step: AttackStepJson;
}

export interface AttackStepJson {
  readonly name: string;
  readonly what: string;
  /** `open`: an attacker can take it; `unknown`: nobody can tell; `closed`: every control of it passes. */
  readonly state: 'open' | 'unknown' | 'closed';
  /** Why it is unknown, when no control says so. */
  readonly reason?: string;
  /** Controls that leave it open or unknown, the most severe first. */
  readonly controls: readonly {
    readonly controlId: string;
    readonly control: string;
    readonly severity: Severity;
    readonly state: 'fail' | 'unknown';
  }[];
  readonly next: readonly AttackStepJson[];
}
