/** The JSON of the doctor; types only, like contract.ts. */

export const doctorStates = ['fail', 'unknown', 'warn', 'ok'] as const;

/** `unknown` when a check could not find out: never well. */
export type DoctorState = (typeof doctorStates)[number];

/** GET /doctor, and `skopos doctor -o json` */
export interface DoctorJson {
  /** Unix ms when the checks ended. */
  readonly atMs: number;
  /** The worst of the checks. */
  readonly state: DoctorState;
  readonly checks: readonly DoctorCheckJson[];
}

export interface DoctorCheckJson {
  /** Stays the same: `api-server`, `permissions`, `receiver:ops`. */
  readonly id: string;
  readonly title: string;
  readonly state: DoctorState;
  /** What was found. */
  readonly message: string;
  /** What to do; '' when nothing is to be done. */
  readonly advice: string;
  /** What it is made of, where it is about several things. */
  readonly items?: readonly DoctorItemJson[];
  /** For `kubectl apply -f -`: grants what is missing. */
  readonly manifest?: string;
}

export interface DoctorItemJson {
  readonly name: string;
  readonly state: DoctorState;
  readonly message: string;
}
