import type { Fault } from './fault.ts';
import { CelObject, type CelValue } from './values.ts';

/** Something with named fields that are worked out when they are asked for. */
export class CelRecord extends CelObject {
  readonly typeName: string;
  readonly #field: (name: string) => CelValue | Fault | undefined;

  constructor(typeName: string, field: (name: string) => CelValue | Fault | undefined) {
    super();
    this.typeName = typeName;
    this.#field = field;
  }

  /** Undefined where there is no such field. */
  field(name: string): CelValue | Fault | undefined {
    return this.#field(name);
  }

  equals(other: CelObject): boolean {
    return other === this;
  }
}
