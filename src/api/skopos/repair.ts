import { stringify } from 'yaml';
import type { Finding } from '../../model/finding.ts';
import type { FindingDetailJson } from './contract.ts';
import { patchCommand } from './patch-command.ts';
import { redactText } from './redact-text.ts';
import type { ObjectInfo, SkoposSource } from './source.ts';

type Repair = Pick<FindingDetailJson, 'file' | 'yaml' | 'lines' | 'patch' | 'command'>;

/** The object of a finding as it may be shown, where the evidence points, and what mends it. Of a fixed one: the object alone. */
export async function repairOf(finding: Finding, source: SkoposSource): Promise<Repair> {
  const info = await source.objectOf(finding.object);
  const file = info.origin?.file ?? info.text?.file;
  const place = file === undefined ? {} : { file };
  const shown = shownOf(info, finding, source);
  if (shown === undefined) return { ...place, lines: [] };
  if (finding.status === 'fixed') return { ...place, yaml: shown.yaml, lines: [] };
  const { evidence } = finding;
  const { lines, patch } = source.mark({ ...shown, evidence });
  const applicable = patch === undefined ? undefined : applicablePatch(patch, info, finding, source);
  const command =
    info.object === undefined ? undefined : patchCommand(finding.object, info.object, evidence.fix);
  return {
    ...place,
    yaml: shown.yaml,
    lines,
    ...(applicable === undefined ? {} : { patch: applicable }),
    ...(command === undefined ? {} : { command }),
  };
}

function shownOf({ object, text }: ObjectInfo, { object: ref }: Finding, source: SkoposSource) {
  if (text !== undefined) {
    const { file, firstLine } = text;
    return { yaml: redactText(text.yaml, source.redact), file, firstLine };
  }
  if (object === undefined) return undefined;
  const yaml = stringify(source.redact(object), { lineWidth: 0 });
  return { yaml, file: `${ref.kind.toLowerCase()}-${ref.name}.yaml`, firstLine: 1 };
}

/** The patch of the file as it stands, when it shows no more than the patch of the redacted text does. */
function applicablePatch(
  patch: string,
  { text }: ObjectInfo,
  { evidence }: Finding,
  source: SkoposSource,
): string {
  const real = text === undefined ? undefined : source.mark({ ...text, evidence }).patch;
  return real !== undefined && bodyOf(real) === bodyOf(patch) ? real : patch;
}

/** Without the line numbers, which redaction of a text of several lines moves. */
function bodyOf(patch: string): string {
  return patch.replace(/^@@ .*$/gm, '@@');
}
