import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { GlobalSection } from '../config/prometheus/global-section.ts';
import { readScrapeSection } from '../config/prometheus/read-scrape-section.ts';
import type { ScrapeConfig } from '../config/prometheus/resolve-scrape-config.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { KubeObject, ObjectRef } from '../model/object.ts';
import type { Conversion } from '../monitors/convert/conversion.ts';
import { convertMonitor } from '../monitors/convert/convert-monitor.ts';
import { ruleFileName, ruleFileOf } from '../monitors/convert/prometheus-rule.ts';
import {
  isMonitorKind,
  type MonitorKind,
  monitorGroup,
  monitorKinds,
  type OperatorSettings,
} from '../monitors/operator-settings.ts';
import { type Choice, choiceByLabels, choiceByNamespace } from '../monitors/selection.ts';
import { parseRuleFile, type RuleFile } from '../rules/rule-file.ts';

/** An object of the Prometheus operator, and what became of it. */
export interface MonitorState {
  readonly kind: MonitorKind;
  readonly namespace: string;
  readonly name: string;
  readonly byLabels: Choice;
  readonly byNamespace: Choice;
  /** Absent for rules. */
  readonly conversion: Conversion | undefined;
  /** Beside those of the conversion. */
  readonly problems: readonly string[];
  /** In force. */
  readonly configs: readonly ScrapeConfig[];
  readonly ruleFile: RuleFile | undefined;
}

export interface MonitorObjectsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: Pick<Inventory, 'each' | 'get' | 'subscribe' | 'onReady'>;
  /** That of our pod; '' when unknown. */
  readonly ownNamespace: string;
  /** Called when other sections or rules are in force than before. */
  readonly changed: () => void;
}

/** Changes are gathered for so long, so that a roll-out of many objects is one change. */
const gatherMs = 100;
/** Objects that wait for files with values of Secrets are looked at again after this. */
const retryMs = 30_000;

/**
 * The ServiceMonitors, PodMonitors, Probes, ScrapeConfigs and PrometheusRules of the inventory, as the sections and rule files
 * that they stand for. A change of one takes effect at once.
 */
export class MonitorObjects implements Component {
  readonly name = 'monitors';
  readonly #options: MonitorObjectsOptions;
  readonly #states = new Map<string, MonitorState>();
  /** Sections by their text, so that one that says the same stays the same object. */
  readonly #read = new Map<string, ScrapeConfig>();
  readonly #dirty = new Map<string, { readonly kind: MonitorKind; readonly ref: ObjectRef }>();
  #settings: OperatorSettings | undefined;
  #global: GlobalSection;
  #isReady = false;
  /** The sections and rule files that were in force when the listener was last called. */
  #told: readonly unknown[] = [];
  #cancelGather: (() => void) | undefined;

  constructor(options: MonitorObjectsOptions, global: GlobalSection) {
    this.#options = options;
    this.#global = global;
    options.inventory.onReady(() => {
      this.#isReady = true;
      this.#rebuild();
      options.inventory.subscribe((changes) => {
        for (const { ref } of changes) this.#note(ref);
      });
    });
  }

  get settings(): OperatorSettings | undefined {
    return this.#settings;
  }

  get ownNamespace(): string {
    return this.#settings?.namespace || this.#options.ownNamespace;
  }

  /** Puts other settings in force. Without settings no object is honoured. */
  configure(settings: OperatorSettings | undefined, global: GlobalSection): void {
    this.#settings = settings;
    if (JSON.stringify(global) !== JSON.stringify(this.#global)) this.#read.clear();
    this.#global = global;
    this.#rebuild();
  }

  /** Every object of these kinds, by kind, namespace and name. */
  states(): readonly MonitorState[] {
    return [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, state]) => state);
  }

  state(kind: string, namespace: string, name: string): MonitorState | undefined {
    return this.#states.get(`${kind}/${namespace}/${name}`);
  }

  scrapeConfigs(): readonly ScrapeConfig[] {
    return this.states().flatMap(({ configs }) => configs);
  }

  ruleFiles(): readonly RuleFile[] {
    return this.states().flatMap(({ ruleFile }) => ruleFile ?? []);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(retryMs, signal, this.#options.clock);
      const waits = [...this.#states.values()].filter(({ conversion }) =>
        conversion?.values.some(({ file }) => file === undefined),
      );
      for (const { kind, namespace, name } of waits)
        this.#note({ group: monitorGroup, kind, namespace, name });
    }
    this.#cancelGather?.();
  }

  #note(ref: ObjectRef): void {
    const { kind, group, name } = ref;
    if (this.#settings === undefined) return;
    if (kind === 'Namespace') {
      for (const [key, state] of this.#states)
        if (state.namespace === name)
          this.#dirty.set(key, {
            kind: state.kind,
            ref: { group: monitorGroup, kind: state.kind, namespace: name, name: state.name },
          });
    } else if (group === monitorGroup && isMonitorKind(kind))
      this.#dirty.set(`${kind}/${ref.namespace}/${name}`, { kind, ref });
    if (this.#dirty.size === 0) return;
    this.#cancelGather ??= this.#options.clock.timer(gatherMs, () => {
      this.#cancelGather = undefined;
      const dirty = [...this.#dirty.values()];
      this.#dirty.clear();
      for (const { kind, ref: at } of dirty) {
        const object = this.#options.inventory.get(kind, at.namespace, at.name);
        if (object === undefined) this.#states.delete(`${kind}/${at.namespace}/${at.name}`);
        else this.#take(kind, object);
      }
      this.#tell();
    });
  }

  #rebuild(): void {
    if (!this.#isReady) return;
    this.#states.clear();
    if (this.#settings !== undefined)
      for (const kind of monitorKinds)
        for (const object of this.#options.inventory.each(kind)) this.#take(kind, object);
    this.#tell();
  }

  #tell(): void {
    const inForce: readonly unknown[] = [...this.scrapeConfigs(), ...this.ruleFiles()];
    const kept = new Set(inForce);
    for (const [text, config] of this.#read) if (!kept.has(config)) this.#read.delete(text);
    const told = this.#told;
    if (inForce.length === told.length && inForce.every((one, index) => one === told[index])) return;
    this.#told = inForce;
    this.#options.changed();
  }

  #take(kind: MonitorKind, object: KubeObject): void {
    const settings = this.#settings;
    // Another API group may have a kind of the same name.
    if (settings === undefined || !object.apiVersion.startsWith(`${monitorGroup}/`)) return;
    const { name, namespace = '' } = object.metadata;
    const key = `${kind}/${namespace}/${name}`;
    const before = this.#states.get(key);
    const labels = this.#options.inventory.get('Namespace', '', namespace)?.metadata.labels;
    const isKnown = this.#options.inventory.get('Namespace', '', namespace) !== undefined;
    const byLabels = choiceByLabels(settings, kind, object);
    const byNamespace = choiceByNamespace(
      settings,
      kind,
      { name: namespace, labels: isKnown ? (labels ?? {}) : undefined },
      this.ownNamespace,
    );
    const isTaken = byLabels.isTaken && byNamespace.isTaken;
    const state: MonitorState = {
      kind,
      namespace,
      name,
      byLabels,
      byNamespace,
      ...(kind === 'PrometheusRule'
        ? this.#rule(object, settings, isTaken)
        : this.#sections(kind, object, settings, isTaken)),
    };
    this.#states.set(key, state);
    const problems = [...(state.conversion?.problems ?? []), ...state.problems];
    const told = [...(before?.conversion?.problems ?? []), ...(before?.problems ?? [])];
    if (isTaken && problems.length > 0 && problems.join() !== told.join())
      this.#options.log.warn({ kind, namespace, name, problems }, 'object is left out, as it is not valid');
  }

  #sections(
    kind: Exclude<MonitorKind, 'PrometheusRule'>,
    object: KubeObject,
    settings: OperatorSettings,
    isTaken: boolean,
  ): Pick<MonitorState, 'conversion' | 'problems' | 'configs' | 'ruleFile'> {
    const conversion = convertMonitor(kind, object, { settings, readFile });
    const read = conversion.sections.map((section) => this.#section(section));
    const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
    const configs = read.flatMap((one) => ('problem' in one ? [] : [one]));
    const isInForce = isTaken && problems.length === 0;
    return { conversion, problems, configs: isInForce ? configs : [], ruleFile: undefined };
  }

  #section(section: Readonly<Record<string, unknown>>): ScrapeConfig | { readonly problem: string } {
    const text = JSON.stringify(section);
    const held = this.#read.get(text);
    if (held !== undefined) return held;
    const read = readScrapeSection(section, this.#global);
    if (!('problem' in read)) this.#read.set(text, read);
    return read;
  }

  #rule(
    object: KubeObject,
    settings: OperatorSettings,
    isTaken: boolean,
  ): Pick<MonitorState, 'conversion' | 'problems' | 'configs' | 'ruleFile'> {
    const none = { conversion: undefined, configs: [] };
    try {
      const file = parseRuleFile(stringify(ruleFileOf(object, settings)), ruleFileName(object));
      return { ...none, problems: [], ruleFile: isTaken ? file : undefined };
    } catch (error) {
      return { ...none, problems: [messageOf(error)], ruleFile: undefined };
    }
  }
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
