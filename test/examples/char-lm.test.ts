import { jit, type NDArray, numpy as np, random } from "cotangent";
import { describe, expect, test } from "vitest";
import { alphabetOf, languageModel, learn, unigramEntropy } from "../../examples/char-lm/model.ts";
import { heldOut, known, sonnets } from "../../examples/char-lm/text.ts";

const alphabet = alphabetOf(sonnets);
const size = alphabet.characters.length;
const text = alphabet.encode(known);
const unseen = alphabet.encode(heldOut).reshape(1, -1);

describe("the text of the character model", () => {
  test("is thirteen sonnets of fourteen lines, of which one is kept from training", () => {
    const parts = sonnets.trim().split("\n\n");
    expect(parts).toHaveLength(13);
    for (const part of parts) expect(part.split("\n")).toHaveLength(14);
    expect(known + heldOut).toBe(sonnets);
    expect(heldOut).toMatch(/^Let me not/);
  });

  test("becomes numbers and text again; what is not in it is refused", () => {
    expect(alphabet.decode(text)).toBe(known);
    expect([text.dtype, Number(text.min()) >= 0, Number(text.max()) < size]).toEqual(["int32", true, true]);
    expect(() => alphabet.encode("thou@art")).toThrow('encode: "@" is not in the text.');
  });

  test("has the entropy of its frequencies", () => {
    expect(unigramEntropy(np.array([0, 1, 2, 3], "int32"), 5)).toBeCloseTo(Math.log(4), 6);
    expect(unigramEntropy(np.array([1, 1, 1], "int32"), 5)).toBeCloseTo(0, 6);
  });
});

describe("the character model", () => {
  const model = languageModel(size, { embedding: 16, features: 64 });
  const first = model.init(random.key(0));
  const entropy = unigramEntropy(text, size);

  test("begins with a guess among all characters", () => {
    expect(Number(model.loss(first, unseen))).toBeCloseTo(Math.log(size), 0);
  });

  test("learns what frequencies do not tell, and writes characters of the text, by the key", () => {
    const losses: number[] = [];
    const options = { steps: 150, batchSize: 16, length: 24, learningRate: 1e-2 };
    const params = learn(random.key(0), model, text, options, (_step, loss) => losses.push(loss));
    expect(losses).toHaveLength(3);
    expect(losses.at(-1)).toBeLessThan(entropy - 0.6);
    expect(Number(jit(model.loss)(params, unseen))).toBeLessThan(entropy - 0.4);

    const write = jit((key: NDArray) => model.write(params, key, alphabet.encode("When "), 60, 1));
    const written = alphabet.decode(write(random.key(1)));
    expect(written).toHaveLength(60);
    expect(written).toBe(alphabet.decode(write(random.key(1))));
    expect(written).not.toBe(alphabet.decode(write(random.key(2))));
    const coldest = model.write(params, random.key(1), alphabet.encode("When "), 5, 1e-6);
    const likeliest = model.write(params, random.key(2), alphabet.encode("When "), 5, 1e-6);
    expect(coldest.toArray()).toEqual(likeliest.toArray());
  });
});
