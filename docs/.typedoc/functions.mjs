/**
 * A plugin of TypeDoc: constants that are functions, such as `sin = unary("sin", …)`, stand among the functions with their
 * parameters, not among the variables.
 */
import { Comment, Context, ReflectionKind } from "typedoc";

export function load() {
  const { getComment } = Context.prototype;
  Context.prototype.getComment = function (symbol, kind) {
    const comment = getComment.call(this, symbol, kind);
    if (kind !== ReflectionKind.Variable) return comment;
    const marked = comment ?? new Comment();
    marked.modifierTags.add("@function"); // has no effect on what can't be called
    return marked;
  };
}
