import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintKeymap } from '@codemirror/lint';
import { EditorState, Prec, StateEffect } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { type ReactElement, useEffect, useRef } from 'react';
import { appRoot } from '../../api/client.ts';
import { ask, QueryError } from './prometheus.ts';
import { type Remark, remarkOf } from './remarks.ts';

interface Properties {
  readonly value: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
  /** Of the last answer, with the expression that they are about. */
  readonly remarks: readonly Remark[];
  readonly remarksFor: string;
}

/** The text is the same, but there is something else to say of it. */
const checkAgain = StateEffect.define<null>();

/** The editor of one expression: completion and checks come from our own API. Loaded when a query page is opened. */
export function Editor(properties: Properties): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(properties);
  latest.current = properties;
  const { value, label, remarks, remarksFor } = properties;

  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const promql = new PromQLExtension()
      .activateLinter(false)
      .setComplete({ remote: { url: appRoot.href.replace(/\/$/, ''), httpErrorHandler: () => undefined } });
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          EditorView.lineWrapping,
          syntaxHighlighting(colours),
          look,
          placeholder('An expression, such as sum by (namespace) (skopos_finding)'),
          promql.asExtension(),
          linter((current) => check(current, latest.current), {
            delay: 300,
            needsRefresh: ({ transactions }) =>
              transactions.some(({ effects }) => effects.some((effect) => effect.is(checkAgain))),
          }),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          Prec.high(
            keymap.of([
              { key: 'Enter', run: () => run(latest.current) },
              { key: 'Mod-Enter', run: () => run(latest.current) },
              { key: 'Shift-Enter', run: insertNewline },
              { key: 'Escape', run: (current) => leave(current) },
            ]),
          ),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            ...completionKeymap,
            ...lintKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
      promql.destroy();
    };
  }, [label]);

  // What came from elsewhere: a link, the list of metrics, the browser's back.
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the linter reads them from `latest`
  useEffect(() => {
    view.current?.dispatch({ effects: checkAgain.of(null) });
  }, [remarks, remarksFor]);

  return <div ref={box} className="promql-editor" />;
}

function run({ onRun }: Properties): boolean {
  onRun();
  return true;
}

/** So that the keyboard is not caught in the editor. */
function leave(editor: EditorView): boolean {
  editor.contentDOM.blur();
  return true;
}

/** What the server's own parser says of the text as it stands, and what was said of the answer while the text is still the same. */
async function check(editor: EditorView, { remarks, remarksFor }: Properties): Promise<Diagnostic[]> {
  const text = editor.state.doc.toString();
  if (text.trim() === '') return [];
  const problem = await ask('v1/parse_query', { query: text }, AbortSignal.timeout(5000))
    .then(() => undefined)
    .catch((error: unknown) =>
      error instanceof QueryError && error.type === 'bad_data' ? error : undefined,
    );
  if (problem !== undefined) return [diagnostic(remarkOf('error', problem.message, text), text)];
  return remarksFor === text ? remarks.map((remark) => diagnostic(remark, text)) : [];
}

/** Marks the word at the place; all of the text where there is no place. */
function diagnostic({ severity, text: message, at }: Remark, text: string): Diagnostic {
  if (at === undefined) return { severity, message, from: 0, to: text.length };
  const from = Math.min(at, Math.max(0, text.length - 1));
  const word = /^[\w:]+/.exec(text.slice(from))?.[0] ?? '';
  return { severity, message, from, to: Math.min(text.length, from + Math.max(1, word.length)) };
}

/** The policy lets styles in that carry it. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: tags.operatorKeyword, color: 'var(--accent)' },
  { tag: tags.modifier, color: 'var(--accent)' },
  { tag: tags.function(tags.variableName), color: 'var(--low)' },
  { tag: tags.labelName, color: 'var(--medium)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: tags.number, color: 'var(--high)' },
  { tag: tags.comment, color: 'var(--ink-2)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--critical)' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', fontSize: '0.875rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    padding: '0.45rem 0.2rem',
    caretColor: 'var(--ink)',
  },
  '.cm-scroller': { lineHeight: '1.5', maxHeight: '16rem' },
  '.cm-placeholder': { color: 'var(--ink-2)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: 'none' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--edge-2)',
    borderRadius: '6px',
    color: 'var(--ink)',
    maxWidth: 'min(40rem, 90vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontSize: '0.8125rem',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--ink-2)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionInfo': { padding: '0.4rem 0.6rem' },
  '.cm-diagnostic': { padding: '0.3rem 0.6rem', fontSize: '0.8125rem' },
});
