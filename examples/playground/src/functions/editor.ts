/**
 * The editor: CodeMirror in a shadow root, where its styles are sheets that scripts may adopt; in the page itself they
 * would be `<style>` elements, which the policy refuses.
 */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface Editor {
  readonly text: () => string;
  readonly replace: (text: string) => void;
  /** Underline a line, or none. */
  readonly mark: (problem: { readonly line: number; readonly message: string } | undefined) => void;
  /** Mark the line that is spoken of elsewhere, or none. */
  readonly point: (line: number | undefined) => void;
  /** The line of the first thing that the grammar does not know, if there is any. */
  readonly firstBadLine: () => number | undefined;
  readonly focus: () => void;
}

/** The line that is spoken of elsewhere. */
const pointTo = StateEffect.define<number | undefined>();

const pointedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, { docChanged, effects, newDoc }) => {
    for (const effect of effects) {
      if (!effect.is(pointTo)) continue;
      const line = effect.value;
      if (line === undefined || line < 1 || line > newDoc.lines) return Decoration.none;
      return Decoration.set(Decoration.line({ class: "cm-pointed" }).range(newDoc.line(line).from));
    }
    // Lines of a text that has changed are others.
    return docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.className], color: "var(--code-type)" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName)],
    color: "var(--code-function)",
  },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--accent)" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    border: "none",
    color: "var(--faint)",
    paddingLeft: "4px",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active-line)" },
  ".cm-pointed": { backgroundColor: "var(--tint)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--selection)",
    outline: "1px solid var(--line)",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--backward)",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": { backgroundColor: "var(--card)", border: "1px solid var(--line)", color: "var(--ink)" },
  ".cm-diagnostic-error": {
    borderLeftColor: "var(--backward)",
    fontFamily: "var(--mono)",
    fontSize: "12.5px",
  },
});

/** An editor in `host`. `onRun` is called for Ctrl-Enter, `onChange` for every change. */
export const createEditor = (
  host: HTMLElement,
  text: string,
  onChange: () => void,
  onRun: () => void,
): Editor => {
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        javascript({ typescript: true }),
        syntaxHighlighting(colours),
        look,
        pointedLine,
        // Tab moves on to the next element, as everywhere on a page; Ctrl-] and Ctrl-[ indent.
        keymap.of([
          {
            key: "Mod-Enter",
            run: () => {
              onRun();
              return true;
            },
          },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.contentAttributes.of({ "aria-label": "Program, in TypeScript", spellcheck: "false" }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) onChange();
        }),
      ],
    }),
  });
  const isText = (line: number): boolean => line >= 1 && line <= view.state.doc.lines;
  return {
    text: () => view.state.doc.toString(),
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    mark: (problem) => {
      if (problem === undefined || !isText(problem.line)) {
        view.dispatch(setDiagnostics(view.state, []));
        return;
      }
      const { from, to, text: content } = view.state.doc.line(problem.line);
      const start = from + (content.length - content.trimStart().length);
      view.dispatch(
        setDiagnostics(view.state, [{ from: start, to, severity: "error", message: problem.message }]),
      );
    },
    point: (line) => view.dispatch({ effects: pointTo.of(line) }),
    firstBadLine: () => {
      let line: number | undefined;
      syntaxTree(view.state).iterate({
        enter: ({ type, from }) => {
          if (type.isError) line ??= view.state.doc.lineAt(from).number;
        },
      });
      return line;
    },
    focus: () => view.focus(),
  };
};
