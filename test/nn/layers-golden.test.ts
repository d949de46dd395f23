import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { NDArray, Shape } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { grad, jit } from "../../src/transforms/index.ts";
import { allclose, leaves, structure } from "../../src/tree/index.ts";
import { LAYERS } from "../numpy/tolerances.ts";
import { decode, decodeArray, type Written } from "./decode.ts";

/** What Flax and Optax give; `golden/layers.py` says how it is written. */
interface Golden {
  readonly layers: readonly {
    readonly call: string;
    readonly args: readonly unknown[];
    readonly x: Written;
    readonly params: Written;
    readonly y: Written;
    readonly weights: Written;
    readonly gradParams: Written;
    readonly gradX?: Written;
    readonly state?: Written;
    readonly training?: boolean;
    readonly nextState?: Written;
  }[];
  readonly losses: readonly {
    readonly call: string;
    readonly args: readonly Written[];
    readonly extra: readonly unknown[];
    readonly y: Written;
    readonly weights: Written;
    readonly argnums: readonly number[];
    readonly gradients: readonly Written[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/layers.json", import.meta.url), "utf8")) as Golden;

const expectClose = (got: unknown, wanted: unknown): void => {
  expect(structure(got).toString()).toBe(structure(wanted).toString());
  expect(allclose(got, wanted, LAYERS), `${String(got)}\nis not\n${String(wanted)}`).toBe(true);
};

/** `null` for the parameters of a layer that has none. */
const decodeParams = (written: Written): unknown =>
  typeof written === "object" && Object.keys(written).length === 0 ? null : decode(written);

const shapeOf = (x: unknown): Shape => (x as NDArray).shape;

type Make = (...args: readonly unknown[]) => nn.Layer | nn.StatefulLayer;
const layerNamed = (name: string): Make => new Map<string, unknown>(Object.entries(nn)).get(name) as Make;

describe("layers are Flax's", () => {
  test.each(golden.layers.map((g, i) => [`${g.call}(${JSON.stringify(g.args)}) #${i}`, g] as const))(
    "%s",
    (_, g) => {
      const layer = layerNamed(g.call)(...g.args);
      const x = decodeArray(g.x);
      const params = decodeParams(g.params);
      const weights = decodeArray(g.weights);
      const options = { training: g.training ?? false };
      const run = (p: unknown, input: NDArray): NDArray =>
        "initState" in layer
          ? layer.apply(p, decode(g.state as Written), input, options)[0]
          : layer.apply(p, input, options);
      const y = run(params, x);
      expectClose(y, decodeArray(g.y));
      expect(layer.outputShape(x.shape)).toEqual(y.shape);
      if ("initState" in layer) {
        const [, next] = layer.apply(params, decode(g.state as Written), x, options);
        expectClose(next, decode(g.nextState as Written));
        expect(structure(layer.initState(x.shape)).toString()).toBe(structure(next).toString());
      }
      // Parameters that the layer draws are laid out like those given.
      const drawn = layer.init(random.key(0), x.shape);
      expect(structure(drawn).toString()).toBe(structure(params).toString());
      expect(leaves(drawn).map(shapeOf)).toEqual(leaves(params).map(shapeOf));

      const total = jit((p: unknown, input: NDArray) => np.sum(run(p, input).mul(weights)));
      expectClose(grad(total)(params, x), decodeParams(g.gradParams));
      if (g.gradX !== undefined) expectClose(grad(total, { argnums: 1 })(params, x), decodeArray(g.gradX));
    },
  );
});

type Loss = (...args: readonly unknown[]) => NDArray;

describe("losses are Optax's", () => {
  test.each(golden.losses.map((g, i) => [`${g.call}(…, ${JSON.stringify(g.extra)}) #${i}`, g] as const))(
    "%s",
    (_, g) => {
      const loss = new Map<string, unknown>(Object.entries(nn.losses)).get(g.call) as Loss;
      const args = g.args.map(decodeArray);
      expectClose(loss(...args, ...g.extra), decodeArray(g.y));
      const total = (...inputs: readonly NDArray[]): NDArray =>
        np.sum(loss(...inputs, ...g.extra).mul(decodeArray(g.weights)));
      const gradients = grad(total, { argnums: g.argnums })(...args) as unknown as readonly NDArray[];
      g.argnums.forEach((_n, i) => {
        expectClose(gradients[i], decodeArray(g.gradients[i] as Written));
      });
    },
  );
});
