import { join } from 'node:path';
import { CertificateKeeper } from '../admission/certificate-keeper.ts';
import { certificateFile, certificateSecret } from '../admission/certificate-store.ts';
import { Decider } from '../admission/decider.ts';
import { DecisionLog } from '../admission/decision-log.ts';
import { annotationsOf, refusalOf, warningsOf } from '../admission/messages.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../admission/review.ts';
import type { AdmissionRuleSettings, AdmissionSettings } from '../admission/settings.ts';
import { exemptNamespaces, publishBundle } from '../admission/webhook-configuration.ts';
import { WebhookServer } from '../admission/webhook-server.ts';
import type { AdmissionSource } from '../api/skopos/admission.ts';
import type { AdmissionDecisionJson, AdmissionJson } from '../api/skopos/admission-contract.ts';
import { parseListenAddress } from '../config/listen-address.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { project } from '../inventory/project.ts';
import { UnavailableError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { type Component, runAll } from '../kit/component.ts';
import { LazyKubeClient } from '../kube/lazy-client.ts';
import type { Leadership } from '../kube/lease-elector.ts';
import { ownNamespace } from '../kube/own-pod.ts';
import type { Logger } from '../log/logger.ts';
import type { Ledger } from '../model/ledger.ts';
import type { KubeObject } from '../model/object.ts';
import type { PostureEngine } from '../posture/engine.ts';
import type { Registry } from '../telemetry/registry.ts';
import { admissionJudge, admissionPolicy } from './admission-policy.ts';
import type { SourceChoice } from './object-source.ts';
import { one } from './process-metrics.ts';
import type { PostureSettings } from './settings.ts';

export interface AdmissionOptions {
  readonly settings: AdmissionSettings;
  readonly choice: SourceChoice;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly inventory: Inventory;
  readonly engine: PostureEngine;
  readonly posture: PostureSettings;
  readonly leadership: Leadership;
  /** Everything has been judged once. */
  readonly isReady: () => boolean;
}

/** Bodies of refused objects stay out of the answer; these are the newest that are shown. */
const shownDecisions = 500;

/** The validating webhook: its policy, its certificates and its server. */
export class AdmissionRole implements Component, AdmissionSource {
  readonly name = 'admission';
  readonly #options: AdmissionOptions;
  readonly #log: DecisionLog;
  readonly #decider: Decider;
  readonly #server: WebhookServer;
  readonly #keeper: CertificateKeeper;
  readonly #exempt: ReadonlySet<string>;
  readonly #client: LazyKubeClient | undefined;
  readonly #project: (object: KubeObject) => KubeObject;
  #policy;
  #rules: readonly AdmissionRuleSettings[];

  /** @throws {BadInputError} for a policy that names what there is not. */
  constructor(options: AdmissionOptions) {
    this.#options = options;
    const { settings, choice, posture, engine, inventory, clock, log } = options;
    this.#client = choice.kind === 'cluster' ? new LazyKubeClient(choice.access) : undefined;
    this.#exempt = new Set(exemptNamespaces({ settings, ownNamespace: ownNamespace() }));
    this.#rules = settings.rules;
    this.#policy = admissionPolicy(settings.rules, posture);
    this.#log = new DecisionLog(options);
    const judge = admissionJudge(engine, inventory, posture);
    this.#project = (object) => project(object, { configMapValues: true });
    this.#decider = new Decider({ clock, judge, policy: () => this.#policy, settings, exempt: this.#exempt });
    const { host, port } = parseListenAddress(settings.listen);
    this.#server = new WebhookServer({
      ...{ host, port, log, isReady: options.isReady },
      answer: (request) => this.#answer(request),
      failed: (reason) => this.#log.failed(reason),
    });
    this.#keeper = this.#createKeeper();
    options.registry.collector(() => [
      one(
        'skopos_admission_certificate_expiry_timestamp_seconds',
        'gauge',
        'When the serving certificate of the webhook runs out, in Unix seconds; 0 while there is none.',
        (this.#keeper.state?.serving.untilMs ?? 0) / 1000,
      ),
    ]);
  }

  /** Where the webhook listens; only while it runs. */
  get port(): number {
    return this.#server.port;
  }

  /** Takes other rules. @throws {BadInputError} those before stay. */
  load(rules: readonly AdmissionRuleSettings[]): void {
    this.#policy = admissionPolicy(rules, this.#options.posture);
    this.#rules = rules;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#server.listen();
    this.#options.log.info({ port: this.#server.port }, 'admission webhook listens');
    try {
      await runAll([this.#keeper], signal);
    } finally {
      await this.#server.close();
      await this.#client?.close();
    }
  }

  status(): AdmissionJson {
    const { settings } = this.#options;
    const state = this.#keeper.state;
    return {
      enabled: true,
      rules: this.#rules,
      failurePolicy: settings.failure_policy,
      exempt: [...this.#exempt],
      problem: this.#keeper.problem,
      ...(state === undefined ? {} : { certificateUntilMs: state.serving.untilMs }),
      byControl: this.#log.byControl(),
      minutes: this.#log.minutes(),
    };
  }

  decisions(): readonly AdmissionDecisionJson[] {
    return this.#log.recent().slice(0, shownDecisions);
  }

  /** In force. */
  get rules(): readonly AdmissionRuleSettings[] {
    return this.#rules;
  }

  #answer(request: AdmissionRequest): AdmissionAnswer {
    const { object, oldObject } = request;
    const decision = this.#decider.decide({
      ...request,
      object: object === undefined ? undefined : this.#project(object),
      oldObject: oldObject === undefined ? undefined : this.#project(oldObject),
    });
    this.#log.add(decision);
    const isDenied = decision.outcome === 'denied';
    return {
      allowed: !isDenied,
      ...(isDenied ? { message: refusalOf(decision) } : {}),
      warnings: warningsOf(decision.breaches),
      auditAnnotations: annotationsOf(decision),
    };
  }

  #createKeeper(): CertificateKeeper {
    const { settings, dataFolder, clock, log, leadership } = this.#options;
    const { certificates, webhook } = settings;
    const client = this.#client;
    const namespace = ownNamespace() ?? settings.service?.namespace;
    const isShared = client !== undefined && certificates.secret !== undefined && namespace !== undefined;
    if (certificates.secret !== undefined && !isShared)
      throw new UnavailableError(
        'admission.certificates.secret: a Secret needs a cluster, and a namespace that Skopos runs in (POD_NAMESPACE)',
      );
    return new CertificateKeeper({
      ...{ clock, log },
      store:
        isShared && certificates.secret !== undefined
          ? certificateSecret(client, namespace, certificates.secret)
          : certificateFile(join(dataFolder, 'admission-certificates.json')),
      terms: {
        names: namesOf(settings, namespace),
        validityMs: certificates.validity,
        caValidityMs: certificates.ca_validity,
        settleMs: certificates.settle,
      },
      lookEveryMs: certificates.look_every,
      // A file is nobody else's.
      isLeader: () => !isShared || leadership.isLeader(),
      use: ({ serving }) => this.#server.use(serving),
      ...(client === undefined || !certificates.patch_webhook
        ? {}
        : { publish: (bundle, signal) => publishBundle(client, webhook, bundle, signal) }),
    });
  }
}

/** By which names the API server may call us. */
function namesOf({ service, url, certificates }: AdmissionSettings, namespace: string | undefined): string[] {
  const { namespace: place, name } = service ?? {
    namespace: namespace ?? 'skopos',
    name: 'skopos-admission',
  };
  const host = url === undefined ? [] : [new URL(url).hostname.replace(/^\[|\]$/g, '')];
  const ofService =
    url === undefined || service !== undefined
      ? [`${name}.${place}.svc`, `${name}.${place}.svc.cluster.local`]
      : [];
  return [...new Set([...host, ...ofService, ...certificates.dns_names])];
}
