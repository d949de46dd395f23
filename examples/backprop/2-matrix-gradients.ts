/**
 * Chapter 2, gradients of a matrix product Y = X·W: ∂L/∂X = G·Wᵀ and ∂L/∂W = Xᵀ·G, where G is ∂L/∂Y. First by shapes
 * alone, then element by element.
 *
 *     npx tsx examples/backprop/2-matrix-gradients.ts
 *
 * docs/backprop/2-matrix-gradients.md is the page to it.
 */
import { jvp, type NDArray, numpy as np, random, vjp } from "cotangent";
import { distance, heading, isProgram, show, table } from "./report.ts";

export interface Product {
  /** float64[n, d], n examples of d features */
  readonly x: NDArray;
  /** float64[d, m] */
  readonly w: NDArray;
  /** float64[n, m], ∂L/∂Y from upstream */
  readonly g: NDArray;
}

export const example = (n: number, d: number, m: number, seed = 0): Product => {
  const draw = (i: number, shape: readonly number[]): NDArray =>
    random.normal(random.foldIn(random.key(seed), i), shape, { dtype: "float64" });
  return { x: draw(0, [n, d]), w: draw(1, [d, m]), g: draw(2, [n, m]) };
};

export interface Gradients {
  readonly x: NDArray;
  readonly w: NDArray;
}

export const byFormula = ({ x, w, g }: Product): Gradients => ({
  x: np.matmul(g, w.T),
  w: np.matmul(x.T, g),
});

export const byVjp = ({ x, w, g }: Product): Gradients => {
  const [, pullback] = vjp(np.matmul, [x, w]);
  const [ofX, ofW] = pullback(g);
  return { x: ofX, w: ofW };
};

/** Σ over m of g[n, m] · w[d, m], and Σ over n of x[n, d] · g[n, m]: the chain rule for one element at a time. */
export const byElements = ({ x, w, g }: Product): Gradients => {
  const [xs, ws, gs] = [x, w, g].map((a) => a.toArray() as number[][]) as [
    number[][],
    number[][],
    number[][],
  ];
  const [n, d, m] = [xs.length, ws.length, ws[0]?.length ?? 0];
  const sum = (count: number, term: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < count; i++) total += term(i);
    return total;
  };
  const matrix = (rows: number, columns: number, element: (i: number, j: number) => number): NDArray =>
    np.array(
      Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => element(i, j))),
      "float64",
    );
  const at = (a: number[][], i: number, j: number): number => a[i]?.[j] as number;
  return {
    x: matrix(n, d, (i, j) => sum(m, (k) => at(gs, i, k) * at(ws, j, k))),
    w: matrix(d, m, (j, k) => sum(n, (i) => at(xs, i, j) * at(gs, i, k))),
  };
};

/**
 * All products of two matrices, transposed or not and in both orders, that have this shape. When all lengths differ,
 * one is left: the gradient. When some are equal there are more, and shapes alone no longer say which is right.
 */
export const productsOfShape = (
  shape: readonly number[],
  factors: { readonly [name: string]: readonly number[] },
): string[] => {
  const variants = Object.entries(factors).map(([name, [rows, columns]]) => [
    { name, rows, columns },
    { name: `${name}ᵀ`, rows: columns, columns: rows },
  ]);
  return variants.flatMap((lefts, i) =>
    variants
      .filter((_, j) => j !== i)
      .flat()
      .flatMap((right) =>
        lefts
          .filter(
            (left) => left.columns === right.rows && left.rows === shape[0] && right.columns === shape[1],
          )
          .map((left) => `${left.name}·${right.name}`),
      ),
  );
};

/** How Y changes with one element of X: row n gets row d of W, all other rows nothing. */
export const influenceOfX = ({ x, w }: Product, n: number, d: number): NDArray =>
  jvp((a: NDArray) => np.matmul(a, w), [x], [np.zerosLike(x).at(n, d).set(1)])[1];

/** How Y changes with one element of W: column m gets column d of X, all other columns nothing. */
export const influenceOfW = ({ x, w }: Product, d: number, m: number): NDArray =>
  jvp((a: NDArray) => np.matmul(x, a), [w], [np.zerosLike(w).at(d, m).set(1)])[1];

export function main(): void {
  const [n, d, m] = [2, 3, 4];
  const product = example(n, d, m);

  heading("Shape by shape");
  table(
    ["", "shape", "products of that shape"],
    [
      ["∂L/∂X", `[${n}, ${d}]`, productsOfShape([n, d], { G: [n, m], W: [d, m] }).join(", ")],
      ["∂L/∂W", `[${d}, ${m}]`, productsOfShape([d, m], { G: [n, m], X: [n, d] }).join(", ")],
      ["∂L/∂X, all [3, 3]", "[3, 3]", productsOfShape([3, 3], { G: [3, 3], W: [3, 3] }).join(", ")],
    ],
  );

  heading("The same gradients three ways");
  const [formula, pulled, elements] = [byFormula(product), byVjp(product), byElements(product)];
  table(
    ["", "formula − vjp", "formula − element by element"],
    (["x", "w"] as const).map((name) => [
      `∂L/∂${name.toUpperCase()}`,
      show(distance(formula[name], pulled[name]), 2),
      show(distance(formula[name], elements[name]), 2),
    ]),
  );

  heading("What one element reaches");
  console.log(`W =\n${product.w}`);
  console.log(`∂Y/∂x[1,0], which is row 0 of W in row 1 =\n${influenceOfX(product, 1, 0)}`);
  console.log(`X =\n${product.x}`);
  console.log(`∂Y/∂w[2,3], which is column 2 of X in column 3 =\n${influenceOfW(product, 2, 3)}`);
  const one = np.sum(np.multiply(product.g, influenceOfX(product, 1, 0)));
  console.log(
    `So ∂L/∂x[1,0] = Σ G ⊙ ∂Y/∂x[1,0] = ${show(one)}, and G·Wᵀ has ${show(formula.x.at(1, 0).get())} there.`,
  );
}

if (isProgram(import.meta.url)) main();
