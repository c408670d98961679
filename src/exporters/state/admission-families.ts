import { created, gauge, presence, resourceVersion } from './families.ts';
import type { Family } from './family.ts';
import { hasAt, listAt, textAt } from './fields.ts';

/** The metrics of a configuration of webhooks. */
export function webhookFamilies(prefix: string): readonly Family[] {
  return [
    presence(`${prefix}_info`, 'That the configuration is there.'),
    created(prefix),
    resourceVersion(prefix),
    gauge(
      `${prefix}_webhook_clientconfig_service`,
      'Services that webhooks are at.',
      (configuration, emit) => {
        for (const webhook of listAt(configuration, 'webhooks')) {
          const path = ['clientConfig', 'service'];
          if (!hasAt(webhook, ...path)) continue;
          emit(
            1,
            ...['webhook_name', textAt(webhook, 'name')],
            ...['service_name', textAt(webhook, ...path, 'name')],
            ...['service_namespace', textAt(webhook, ...path, 'namespace')],
          );
        }
      },
    ),
  ];
}

/** What an admission policy is about, and `more` labels of its `spec`. */
export function policyInfo(prefix: string, more: Readonly<Record<string, string>> = {}): Family {
  return gauge(`${prefix}_info`, 'What the policy takes and does.', (policy, emit) =>
    emit(
      1,
      ...['param_api_version', textAt(policy, 'spec', 'paramKind', 'apiVersion')],
      ...['param_kind', textAt(policy, 'spec', 'paramKind', 'kind')],
      ...['failure_policy', textAt(policy, 'spec', 'failurePolicy')],
      ...Object.entries(more).flatMap(([label, field]) => [label, textAt(policy, 'spec', field)]),
    ),
  );
}

/** Which policy a binding puts in force, and with what. */
export function bindingInfo(prefix: string): Family {
  return gauge(`${prefix}_info`, 'Which policy is in force, and with what.', (binding, emit) =>
    emit(
      1,
      ...['policy_name', textAt(binding, 'spec', 'policyName')],
      ...['param_name', textAt(binding, 'spec', 'paramRef', 'name')],
      ...['param_namespace', textAt(binding, 'spec', 'paramRef', 'namespace')],
      ...['param_not_found_action', textAt(binding, 'spec', 'paramRef', 'parameterNotFoundAction')],
    ),
  );
}
