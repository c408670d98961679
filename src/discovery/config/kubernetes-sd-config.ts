import { z } from 'zod';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import { flag, list, or, text, textOrEmpty } from '../../kit/yaml-fields.ts';

const roles = ['node', 'service', 'pod', 'endpoints', 'endpointslice', 'ingress'] as const;

export type KubernetesRole = (typeof roles)[number];

const role = text.transform((value, context) => {
  const found = roles.find((known) => known === value.toLowerCase());
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: `unknown role "${value}"; there are ${roles.join(', ')}` });
  return z.NEVER;
});

/** Kinds that the targets of a role may be chosen by. */
const selectable: Readonly<Record<KubernetesRole, readonly KubernetesRole[]>> = {
  node: ['node'],
  service: ['service'],
  pod: ['pod', 'node'],
  endpoints: ['pod', 'service', 'endpoints'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  ingress: ['ingress'],
};

const selector = z.strictObject({ role, label: textOrEmpty, field: textOrEmpty });

/** The HTTP settings that a section has beside its own keys. */
const { shape: http } = httpConfigSchema;
const httpKeys = Object.keys(http) as (keyof typeof http)[];

const shape = z.strictObject({
  api_server: text.nullish(),
  role,
  kubeconfig_file: textOrEmpty,
  namespaces: or(z.strictObject({ own_namespace: or(flag, false), names: list(text) }), {
    own_namespace: false,
    names: [],
  }),
  selectors: list(selector),
  attach_metadata: or(
    z.strictObject({
      node: or(flag, false),
      namespace: or(flag, false),
      deployment: or(flag, false),
      job: or(flag, false),
      cronjob: or(flag, false),
    }),
    { node: false, namespace: false, deployment: false, job: false, cronjob: false },
  ),
  ...http,
});

export type KubernetesSdConfig = z.output<typeof shape>;

/**
 * `kubernetes_sd_configs`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
 */
export const kubernetesSdSchema = shape.superRefine((config, context) => {
  const found = httpConfigProblem(config) ?? combinationProblem(config) ?? selectorsProblem(config);
  if (found !== undefined)
    context.addIssue({ code: 'custom', message: found.problem, path: [...found.path] });
});

interface Problem {
  readonly path: readonly string[];
  readonly problem: string;
}

function combinationProblem(config: KubernetesSdConfig): Problem | undefined {
  const { api_server: server, kubeconfig_file: kubeconfig, namespaces } = config;
  const hasHttp = httpKeys.some((key) => config[key] !== undefined && config[key] !== null);
  const both = (field: string, one: string) => ({
    path: [field],
    problem: `cannot use '${one}' and '${field === 'namespaces' ? 'namespaces.own_namespace' : field}' simultaneously`,
  });
  if (kubeconfig !== '' && server) return both('api_server', 'kubeconfig_file');
  if (kubeconfig !== '' && hasHttp) {
    return {
      path: ['kubeconfig_file'],
      problem: "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
    };
  }
  if (!server && hasHttp && kubeconfig === '') {
    return {
      path: ['api_server'],
      problem: "to use a custom HTTP client configuration, please provide the 'api_server' URL explicitly",
    };
  }
  if (server && namespaces.own_namespace) return both('namespaces', 'api_server');
  if (kubeconfig !== '' && namespaces.own_namespace) return both('namespaces', 'kubeconfig_file');
  return undefined;
}

function selectorsProblem({
  role: of,
  selectors,
  attach_metadata: attached,
}: KubernetesSdConfig): Problem | undefined {
  const allowed = [...new Set([...selectable[of], ...(attached.node ? ['node'] : [])])];
  const seen = new Set<string>();
  for (const one of selectors) {
    if (seen.has(one.role)) return { path: ['selectors'], problem: `duplicated selector role: ${one.role}` };
    seen.add(one.role);
    if (!allowed.includes(one.role)) {
      return { path: ['selectors'], problem: `${of} role supports only ${allowed.join(', ')} selectors` };
    }
    const bad = fieldSelectorProblem(one.field) ?? labelSelectorProblem(one.label);
    if (bad !== undefined) return { path: ['selectors'], problem: bad };
  }
  return undefined;
}

/** `metadata.name=x,status.phase!=y`. */
function fieldSelectorProblem(text: string): string | undefined {
  const bad = text.split(',').find((term) => term.trim() !== '' && !/^[^=!]+(?:==?|!=)[^=!]*$/.test(term));
  return bad === undefined ? undefined : `invalid selector: '${bad}'; expected field=value or field!=value`;
}

/** `app=web,tier in (a, b),!old`. */
function labelSelectorProblem(text: string): string | undefined {
  const key = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
  const value = '[A-Za-z0-9]?[-A-Za-z0-9_.]*';
  const term = new RegExp(
    `^\\s*(?:!?\\s*${key}|${key}\\s*(?:==?|!=|>|<)\\s*${value}|${key}\\s+(?:in|notin)\\s*\\(\\s*${value}(?:\\s*,\\s*${value})*\\s*\\))\\s*$`,
  );
  if (text.trim() === '') return undefined;
  const bad = text.split(/,(?![^(]*\))/).find((one) => !term.test(one));
  return bad === undefined
    ? undefined
    : `invalid selector: '${bad}'; expected a label selector such as app=web`;
}
