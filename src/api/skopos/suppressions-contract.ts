/** The JSON of silences and exceptions as one list, and of exceptions; types only, like contract.ts, which it is exported from. */
import type { ObjectRef } from '../../model/object.ts';
import type { WindowJson } from './contract.ts';

export interface SuppressionsJson {
  readonly items: readonly SuppressionJson[];
}

/** GET /suppressions?kind=&state=&q=: what is knowingly not told, by whose decision, and until when. */
export interface SuppressionJson {
  /** Of alerts, or of verdicts. */
  readonly kind: 'silence' | 'exception';
  /** Of the silence or of the exception; those of files begin with `file:`, those of objects with `object:`. */
  readonly id: string;
  /** What it is for, one condition each: a matcher, or `namespace: shop`. */
  readonly scope: readonly string[];
  readonly state: 'pending' | 'active' | 'expired';
  /** 0: from the first. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly isEndless: boolean;
  readonly createdBy: string;
  readonly owner: string;
  readonly reason: string;
  /** Those of files and objects can be changed there alone. */
  readonly origin: 'person' | 'file' | 'object';
  /** The file, or what else it is written in; '' when a person made it here. */
  readonly source: string;
  readonly windows: readonly WindowJson[];
  /** How long before its end its owner is told; 0: not at all. */
  readonly noticeMs: number;
  readonly updatedAtMs: number;
  /** How many alerts that fire, or verdicts that fail, it holds back now. */
  readonly holdsBack: number;
}

/** GET /exceptions/:id */
export interface ExceptionJson extends SuppressionJson {
  readonly controls: readonly string[];
  readonly frameworks: readonly string[];
  readonly resources: readonly ExceptionScopeJson[];
}

/** All that is there must hold: RE2 patterns of the whole, whatever their case; labels, path and container exactly. */
export interface ExceptionScopeJson {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly apiGroup?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly container?: string;
}

/** POST /exceptions; with the id of one that is there it is an edit. Answers {id}, or 409 `CONFIRMATION_NEEDED`. POST /exceptions/:id/expire ends one. */
export interface ExceptionInputJson {
  readonly id?: string;
  /** Ids of controls, or patterns of them; without them and `frameworks`: every control. */
  readonly controls: readonly string[];
  readonly frameworks?: readonly string[];
  /** Any of them. */
  readonly resources: readonly ExceptionScopeJson[];
  /** Now, when left out. */
  readonly startsAtMs?: number;
  /** null: no end. */
  readonly endsAtMs: number | null;
  readonly createdBy: string;
  readonly owner?: string;
  readonly reason: string;
  readonly windows?: readonly WindowJson[];
  readonly noticeMs?: number;
  /** The warnings of the preview were seen, and it is meant. */
  readonly confirm?: boolean;
}

/** POST /exceptions/preview with {id, controls, frameworks, resources, endsAtMs} */
export interface ExceptionPreviewJson {
  /** How many verdicts that fail now it would except; `verdicts` holds at most 100. */
  readonly total: number;
  readonly verdicts: readonly {
    readonly controlId: string;
    readonly control: string;
    readonly object: ObjectRef;
  }[];
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}
