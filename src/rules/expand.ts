import { messageOf } from '../kit/app-error.ts';
import type { Labels } from '../model/labels.ts';
import { Templates } from '../template/templates.ts';
import { GoFloat, goStringMap, goStruct } from '../template/value.ts';
import { type TemplateSurroundings, templateFunctions } from './template-functions.ts';

/** What Prometheus puts in front of every template of a rule. */
export const prelude =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';

/** One evaluation of an alerting rule, as its templates see it. */
export interface ExpansionContext extends TemplateSurroundings {
  readonly rule: string;
  readonly externalLabels: Labels;
}

/** Expands the texts of one sample. A template that fails gives `<error expanding template: …>`, so that the alert still fires. */
export type Expand = (text: string, sample: { readonly labels: Labels; readonly value: number }) => string;

export function makeExpand(context: ExpansionContext): Expand {
  let templates: Templates | undefined;
  return (text, { labels, value }) => {
    // Most texts are plain, and the engine need not see those.
    if (!text.includes('{{')) return text;
    templates ??= new Templates({ functions: templateFunctions(context), missingKey: 'zero' });
    const data = goStruct('AlertTemplateData', {
      Labels: goStringMap(labels),
      ExternalLabels: goStringMap(context.externalLabels),
      ExternalURL: context.externalURL,
      Value: new GoFloat(value),
    });
    try {
      return templates.render(prelude + text, data, { name: `__alert_${context.rule}` });
    } catch (error) {
      return `<error expanding template: ${messageOf(error)}>`;
    }
  };
}

const nowhere: TemplateSurroundings = { atMs: 0, externalURL: '', query: () => [] };

/** What is wrong with a template before it is ever run; undefined when it parses. */
export function templateProblem(text: string): string | undefined {
  if (!text.includes('{{')) return undefined;
  try {
    new Templates({ functions: templateFunctions(nowhere) }).add(prelude + text, 'template');
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
