/** The attributes of a CPE 2.3 name; `*` for any, `-` for none. */
export interface Cpe {
  readonly part: string;
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly update: string;
  readonly edition: string;
  readonly language: string;
  readonly softwareEdition: string;
  readonly targetSoftware: string;
  readonly targetHardware: string;
  readonly other: string;
}

/**
 * Reads `cpe:2.3:part:vendor:product:version:…`; undefined for what is none. Values are as written, but without their escapes.
 *
 * Source: https://nvlpubs.nist.gov/nistpubs/Legacy/IR/nistir7695.pdf (6.2)
 */
export function parseCpe(text: string): Cpe | undefined {
  if (!text.startsWith('cpe:2.3:') || text.length > 2000) return undefined;
  const parts = text.slice(8).split(/(?<!\\):/);
  const at = (i: number): string => (parts[i] ?? '*').replace(/\\(.)/g, '$1') || '*';
  if (parts.length < 3 || at(2) === '*') return undefined;
  return {
    part: at(0),
    vendor: at(1),
    product: at(2),
    version: at(3),
    update: at(4),
    edition: at(5),
    language: at(6),
    softwareEdition: at(7),
    targetSoftware: at(8),
    targetHardware: at(9),
    other: at(10),
  };
}
