import { BadInputError } from '../kit/app-error.ts';
import { didYouMean } from '../kit/nearest.ts';
import { safeRegex } from '../kit/regex.ts';
import type { ControlInputs } from './control.ts';

/**
 * What controls go by when nobody sets it. Names and values are Kubescape's, so that a cluster is judged alike by both.
 * Source: https://kubescape.io/docs/frameworks-and-controls/configuring-controls/
 */
export const defaultInputs = {
  /** C-0046: capabilities that no container may add. */
  insecureCapabilities: [
    'ALL',
    'BPF',
    'MAC_ADMIN',
    'MAC_OVERRIDE',
    'NET_ADMIN',
    'NET_RAW',
    'PERFMON',
    'SETPCAP',
    'SYS_ADMIN',
    'SYS_BOOT',
    'SYS_MODULE',
    'SYS_PTRACE',
    'SYS_RAWIO',
  ],
  /** C-0012: parts of names, in any case, that say that a value is secret. */
  sensitiveKeyNames: [
    'aws_secret_access_key',
    'azure_batch_key',
    'azure_batchai_storage_key',
    'bearer',
    'credential',
    'jwt',
    'key',
    'password',
    'pwd',
    'secret',
    'token',
  ],
  /** C-0012: parts of names that are no secret all the same. */
  sensitiveKeyNamesAllowed: [],
  /** C-0012: regular expressions of what secret values contain. */
  sensitiveValues: [
    'AIza[0-9A-Za-z\\-_]{35}',
    'AKIA[0-9A-Z]{16}',
    'BEGIN \\w+ PRIVATE KEY',
    'Bearer',
    'JWT',
    'PRIVATE KEY',
    '_key_',
    '_secret_',
    'eyJhbGciO',
    'ghp_[0-9A-Za-z]{36}',
    'xox[baprs]-[0-9A-Za-z]{10,48}',
  ],
  /** C-0012: regular expressions of values that are no secret all the same. */
  sensitiveValuesAllowed: [],
  /** C-0078, C-0304: registries, or paths in them, that images may come from. */
  imageRepositoryAllowList: [],
  /** C-0306: repositories whose images need no digest. */
  imageDigestExemptRepositories: [],
  /** C-0075, C-0304: tags that mean another image from time to time, besides `latest`. */
  floatingImageTags: [],
  /** C-0236: public keys of cosign that are trusted. */
  trustedCosignPublicKeys: [],
  /** C-0001: registries that anybody may push to. */
  publicRegistries: [],
  /** C-0001: registries that are not trusted. */
  untrustedRegistries: [],
  /** C-0021: parts of names of workloads that let whoever reaches them run things. */
  sensitiveInterfaces: [
    'argo-server',
    'bentoml',
    'jenkins',
    'jupyterhub',
    'kserve',
    'kubeflow',
    'kubernetes-dashboard',
    'mlflow',
    'nifi',
    'ollama',
    'prometheus-deployment',
    'ray-dashboard',
    'ray-head',
    'seldon',
    'triton-inference-server',
    'vllm',
    'weave-scope-app',
  ],
  /** C-0085: how many critical vulnerabilities an image may have. */
  max_critical_vulnerabilities: ['5'],
  /** C-0085: how many high ones. */
  max_high_vulnerabilities: ['10'],
  /** C-0004: bounds of what containers ask for and get, as quantities; none where empty. */
  memory_request_max: [],
  memory_request_min: ['0'],
  memory_limit_max: [],
  memory_limit_min: ['0'],
  /** C-0050: the same for CPU. */
  cpu_request_max: [],
  cpu_request_min: ['0'],
  cpu_limit_max: [],
  cpu_limit_min: ['0'],
  /** C-0303: the most that containers of sandboxes may get. */
  sandbox_cpu_limit_max: [],
  sandbox_memory_limit_max: [],
  /** C-0076: labels of which a workload should have one. */
  recommendedLabels: ['app', 'tier', 'phase', 'version', 'owner', 'env'],
  /** C-0077: labels that Kubernetes recommends, of which a workload should have one. */
  k8sRecommendedLabels: [
    'app.kubernetes.io/name',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/version',
    'app.kubernetes.io/component',
    'app.kubernetes.io/part-of',
    'app.kubernetes.io/managed-by',
    'app.kubernetes.io/created-by',
  ],
  /** C-0297: runtime classes that isolate. */
  hardenedSandboxRuntimeClasses: ['gvisor'],
  /** Ours, for the Pod Security Standards: the version of Kubernetes whose standards are asked, `v1.29` or `latest`. */
  podSecurityVersion: ['latest'],
} as const satisfies ControlInputs;

/** Those of {@link defaultInputs} that are regular expressions. */
const patterns: readonly string[] = ['sensitiveValues', 'sensitiveValuesAllowed'];

/**
 * Further inputs: those that Kubescape's file has and none of its controls reads, so that its file works unmodified, and the
 * name of the cloud (`eks`, `aks`, `gke`) for C-0020, which nodes tell otherwise.
 * Source: https://github.com/kubescape/regolibrary, default-config-inputs.json
 */
const otherInputs = ['servicesNames', 'wlKnownNames', 'cloudProvider'];

/**
 * Reads control inputs in the shape of Kubescape's `default-config-inputs.json`, already parsed:
 * `{settings: {postureControlInputs: {name: [text, …]}}}`, or what stands in `postureControlInputs` alone. What it does
 * not name keeps its default.
 *
 * @throws {BadInputError} with the path of what is wrong: a name that no control knows, a list that is none, a bad regex.
 */
export function readInputs(file: unknown): ControlInputs {
  const at = 'settings.postureControlInputs';
  const given = fieldsOf(file, '');
  const settings = given['settings'];
  const inputs =
    settings === undefined
      ? fieldsOf(given['postureControlInputs'] ?? given, 'postureControlInputs')
      : fieldsOf(fieldsOf(settings, 'settings')['postureControlInputs'] ?? {}, at);
  const known = [...Object.keys(defaultInputs), ...otherInputs];
  const out: Record<string, readonly string[]> = { ...defaultInputs };
  for (const [name, value] of Object.entries(inputs)) {
    const path = `${at}.${name}`;
    if (!known.includes(name))
      throw new BadInputError(path, `no control knows this input${didYouMean(name, known)}`);
    out[name] = listOf(value, path);
    if (patterns.includes(name)) checkPatterns(out[name], path);
    if (name === 'podSecurityVersion' && !out[name].every((version) => /^(?:latest|v?1\.\d+)$/.test(version)))
      throw new BadInputError(path, 'expected latest, or a minor version such as v1.29');
  }
  return out;
}

function fieldsOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadInputError(path, 'expected an object with settings.postureControlInputs');
  }
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw new BadInputError(path, 'expected a list of texts');
  return value.map((item, i) => {
    if (typeof item !== 'string') throw new BadInputError(`${path}[${i}]`, 'expected a text');
    return item;
  });
}

function checkPatterns(list: readonly string[], path: string): void {
  for (const [i, pattern] of list.entries()) {
    try {
      safeRegex(pattern);
    } catch (cause) {
      throw new BadInputError(`${path}[${i}]`, (cause as Error).message, { cause });
    }
  }
}
