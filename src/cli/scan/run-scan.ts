import { resolve } from 'node:path';
import { readExceptionsFile } from '../../config/exceptions-file.ts';
import { readText } from '../../config/load-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import { customFramework } from '../../posture/custom/custom-controls.ts';
import { controlsOf, frameworkOf } from '../../posture/frameworks/index.ts';
import { defaultInputs } from '../../posture/inputs.ts';
import { asksServerInfo, kindsReadBy } from '../../posture/kinds-read.ts';
import { readReport } from './baseline.ts';
import { changedKeys, checkHasHistory, withEarlier } from './changed-since.ts';
import { readControlsConfig } from './controls-config.ts';
import { type FilterFlags, filterControls, objectFilter } from './filter.ts';
import { isCustom, judgeTarget, type Settings } from './judge-target.ts';
import { readPolicies } from './read-policies.ts';
import { readTarget, type Target, type TargetOptions } from './read-target.ts';
import type { ScanResult } from './scan-result.ts';

export interface ScanOptions extends TargetOptions, FilterFlags {
  /** Names of frameworks; at least one. */
  readonly frameworks: readonly string[];
  /** A file of Kubescape control inputs. */
  readonly controlsConfig?: string;
  /** Files of exceptions, Kubescape's or ours. */
  readonly exceptions?: readonly string[];
  /** A former result in JSON. */
  readonly baseline?: string;
  /** Files and folders of ValidatingAdmissionPolicies, to judge by beside those of the target. */
  readonly policies?: readonly string[];
  /** A git revision: what the branch changed since it left that is judged, and its findings are the former ones. */
  readonly changedSince?: string;
  /** Whether a person named the frameworks; policies of the target are then asked only when `Custom` is one of them. */
  readonly isFrameworkChosen?: boolean;
}

/**
 * Judges a target once, with the same controls and code as a running Skopos.
 *
 * @throws {BadInputError} for what is wrong with flags or files; {UnavailableError | KubeError} for a cluster that is away.
 */
export async function runScan(options: ScanOptions): Promise<ScanResult> {
  const { controlsConfig, cwd, policies = [] } = options;
  const isCustomNamed = options.frameworks.some(isCustom);
  const frameworks = [
    ...new Set(
      options.frameworks.filter((name) => !isCustom(name)).map((name) => frameworkOf(name, '--framework')),
    ),
  ];
  const inputs =
    controlsConfig === undefined
      ? defaultInputs
      : readControlsConfig(resolve(cwd, controlsConfig), controlsConfig);
  const files = (options.exceptions ?? []).flatMap((file) =>
    readExceptionsFile(readText(resolve(cwd, file), 'file of exceptions'), file),
  );
  const { baseline } = options;
  const former = baseline === undefined ? undefined : readReport(resolve(cwd, baseline), baseline);
  const asked = frameworks.flatMap(controlsOf);
  const judged = kindsReadBy(asked);
  if (options.changedSince !== undefined) checkHasHistory(options);
  const target = await readTarget({ ...options, judged, serverInfo: asksServerInfo(asked) });
  const isCustomWanted = isCustomNamed || policies.length > 0 || options.isFrameworkChosen !== true;
  const own = isCustomWanted
    ? await readPolicies(policies, target.inventory, cwd, target.stdin)
    : { controls: [], warnings: [] };
  const custom = customFramework(own.controls);
  if (custom === undefined && isCustomNamed)
    throw new BadInputError('--framework', 'there is no ValidatingAdmissionPolicy; name one with --policies');
  const all = [...frameworks, ...(custom === undefined ? [] : [custom])];
  const controls = filterControls(
    [...new Set([...frameworks.flatMap(controlsOf), ...own.controls])].filter(
      (control) => target.isAbout?.(control) ?? true,
    ),
    options,
    all.map(({ name }) => name),
  );
  const isWanted = objectFilter(target.inventory, options) ?? (() => true);
  const warned = { ...target, warnings: [...target.warnings, ...own.warnings] };
  const settings = { frameworks: all, controls, inputs, cwd, files, isWanted };
  if (options.changedSince !== undefined)
    return await withEarlier(options, options.changedSince, async (earlier, commit) =>
      judgeChanged(warned, settings, earlier, commit),
    );
  const result = judgeTarget(warned, settings);
  return former === undefined || baseline === undefined ? result : compared(result, former, baseline);
}

/**
 * Findings marked by whether they were there before the branch, of the objects that it changed, and new ones of others: what
 * it changed may be what they rest on.
 */
function judgeChanged(
  target: Target,
  settings: Settings,
  earlier: Target | undefined,
  commit: string,
): ScanResult {
  const { inventory } = target;
  const before = earlier === undefined ? [] : judgeTarget(earlier, settings).findings;
  const former = { findings: before };
  const known = new Set(before.map(({ fingerprint }) => fingerprint));
  const whole = judgeTarget(target, settings);
  const wanted = new Set([
    ...changedKeys(inventory, earlier?.inventory),
    ...whole.findings.flatMap(({ fingerprint, object }) => (known.has(fingerprint) ? [] : [keyOf(object)])),
  ]);
  const isWanted = (ref: ObjectRef) => settings.isWanted(ref) && wanted.has(keyOf(ref));
  const { baseline } = compared(whole, former, `git:${commit}`);
  const result = compared(judgeTarget(target, { ...settings, isWanted }), former, `git:${commit}`);
  return baseline === undefined ? result : { ...result, baseline };
}

/** As much of a former result as findings are compared by. */
interface FormerFindings {
  readonly findings: readonly { readonly fingerprint: string }[];
}

/** Findings marked by whether a former result has them. */
function compared(result: ScanResult, former: FormerFindings, file: string): ScanResult {
  const known = new Set(former.findings.map(({ fingerprint }) => fingerprint));
  const now = new Set(result.findings.map(({ fingerprint }) => fingerprint));
  const still = [...known].filter((fingerprint) => now.has(fingerprint)).length;
  return {
    ...result,
    findings: result.findings.map((one) => ({ ...one, isNew: !known.has(one.fingerprint) })),
    baseline: { file, still, gone: known.size - still },
  };
}
