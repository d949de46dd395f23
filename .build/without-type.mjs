import ts from "typescript";

/** An expression without the parentheses, `as` and `satisfies` around it. */
export const withoutType = (node) =>
  ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)
    ? withoutType(node.expression)
    : node;
