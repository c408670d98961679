/** The JSON of admission; types only, like contract.ts. */

/** GET /admission */
export interface AdmissionJson {
  /** False where no webhook is configured; the rest is empty then. */
  readonly enabled: boolean;
  readonly rules: readonly AdmissionRuleJson[];
  readonly failurePolicy: 'open' | 'closed';
  /** Namespaces that are never judged. */
  readonly exempt: readonly string[];
  /** What is wrong with the certificates; '' when nothing is. */
  readonly problem: string;
  /** When the serving certificate runs out. Unix ms; absent while there is none. */
  readonly certificateUntilMs?: number;
  /** Since the start, those that deny most first. */
  readonly byControl: readonly {
    readonly controlId: string;
    readonly control: string;
    readonly denied: number;
    readonly warned: number;
    readonly audited: number;
  }[];
  /** The last hour, the oldest first; minutes without requests are left out. */
  readonly minutes: readonly {
    readonly atMs: number;
    readonly requests: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  }[];
}

/** A rule of the policy, as in the configuration. */
export interface AdmissionRuleJson {
  readonly name: string;
  readonly namespaces?:
    | {
        readonly names?: readonly string[] | undefined;
        readonly matchLabels?: Readonly<Record<string, string>> | null | undefined;
        readonly matchExpressions?: readonly object[] | null | undefined;
      }
    | undefined;
  readonly controls?: readonly string[] | undefined;
  readonly frameworks?: readonly string[] | undefined;
  readonly severities?: readonly string[] | undefined;
  readonly action: AdmissionActionJson;
  readonly on_unknown: AdmissionActionJson;
}

export type AdmissionActionJson = 'deny' | 'warn' | 'audit' | 'ignore';

interface RefJson {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** GET /admission/decisions: the newest first, those without anything to tell left out. */
export interface AdmissionDecisionsJson {
  readonly decisions: readonly AdmissionDecisionJson[];
}

export interface AdmissionDecisionJson {
  readonly atMs: number;
  readonly tookMs: number;
  readonly uid: string;
  readonly outcome: 'allowed' | 'warned' | 'denied';
  readonly operation: string;
  readonly object: RefJson;
  readonly user: string;
  readonly dryRun: boolean;
  readonly breaches: readonly {
    readonly controlId: string;
    readonly control: string;
    readonly severity: string;
    readonly state: 'fail' | 'unknown' | 'excepted';
    readonly rule: string;
    readonly action: AdmissionActionJson;
    readonly path: string;
    readonly message: string;
    readonly fix: string;
    readonly existing?: true;
  }[];
}

/** POST /admission/what-if: what a policy would say of what runs now. Without `rules`, the policy in force. */
export interface AdmissionWhatIfInputJson {
  readonly rules?: readonly unknown[];
}

export interface AdmissionWhatIfJson {
  readonly objects: number;
  readonly denied: number;
  readonly warned: number;
  readonly byControl: readonly {
    readonly controlId: string;
    readonly denied: number;
    readonly warned: number;
  }[];
  readonly byNamespace: readonly {
    readonly namespace: string;
    readonly denied: number;
    readonly warned: number;
  }[];
  readonly examples: readonly {
    readonly object: RefJson;
    readonly outcome: 'allowed' | 'warned' | 'denied';
    readonly controlIds: readonly string[];
  }[];
}
