/**
 * A recurrent network that foretells the next character of a text, and writes on by itself.
 */
import { jit, lax, type NDArray, nn, numpy as np, random, valueAndGrad, vmap } from "cotangent";
import { adam, applyUpdates, chain, clipByGlobalNorm } from "cotangent/optim";

/** The characters of a text, in order; a character is its place among them from here on. */
export interface Alphabet {
  readonly characters: readonly string[];
  /** int32[length]; throws a RangeError for characters that are not in it. */
  encode(text: string): NDArray;
  decode(places: NDArray): string;
}

export const alphabetOf = (text: string): Alphabet => {
  const characters = [...new Set(text)].sort();
  const places = new Map(characters.map((character, place) => [character, place]));
  const placeOf = (character: string): number => {
    const place = places.get(character);
    if (place === undefined) throw new RangeError(`encode: ${JSON.stringify(character)} is not in the text.`);
    return place;
  };
  return {
    characters,
    encode: (part) => np.array(Int32Array.from([...part].map(placeOf))),
    decode: (numbers) => Array.from(numbers.toTypedArray(), (place) => characters[place]).join(""),
  };
};

/** What a guess costs, in nats a character, that knows how frequent each character is and nothing else. */
export const unigramEntropy = (text: NDArray, size: number): number => {
  const share = np.bincount(text, { length: size }).div(text.size);
  return -Number(np.where(share.greater(0), share.mul(np.log(share)), 0).sum());
};

/** The network for an alphabet of `size` characters. */
export const languageModel = (size: number, { embedding = 24, features = 96 } = {}) => {
  const layers = { embed: nn.embedding(size, embedding), memory: nn.lstm(features), score: nn.dense(size) };

  const init = (key: NDArray) => ({
    embed: layers.embed.init(random.foldIn(key, 0), [1]),
    memory: layers.memory.init(random.foldIn(key, 1), [1, 1, embedding]),
    score: layers.score.init(random.foldIn(key, 2), [1, features]),
  });
  type Params = ReturnType<typeof init>;

  /** The mean cost, in nats, of each character of texts after the first: int32[batch, length]. */
  const loss = (params: Params, texts: NDArray): NDArray => {
    const length = texts.shape[1] as number;
    const given = layers.embed.apply(params.embed, lax.sliceInDim(texts, 0, length - 1, 1, 1));
    const scores = layers.score.apply(params.score, layers.memory.apply(params.memory, given));
    const next = lax.sliceInDim(texts, 1, length, 1, 1);
    return nn.losses.softmaxCrossEntropyWithIntegerLabels(scores, next).mean();
  };

  /** `count` characters drawn one after another, after a text of at least one. Below a temperature of 1 the likely ones win. */
  const write = (
    params: Params,
    key: NDArray,
    start: NDArray,
    count: number,
    temperature: number,
  ): NDArray => {
    const read = layers.embed.apply(params.embed, start);
    const [memory, outputs] = layers.memory.run(params.memory, layers.memory.initCarry(read), read);
    const draw = (turnKey: NDArray, output: NDArray): NDArray =>
      random.categorical(turnKey, layers.score.apply(params.score, output).div(temperature));
    const first = np.take(outputs, start.size - 1, 0);
    const [, written] = lax.scan(
      ([carry, output], turnKey) => {
        const character = draw(turnKey, output);
        const [next, y] = layers.memory.step(
          params.memory,
          carry,
          layers.embed.apply(params.embed, character),
        );
        return [[next, y], character];
      },
      [memory, first],
      random.split(key, count),
    );
    return written;
  };

  return { init, loss, write };
};

export type LanguageModel = ReturnType<typeof languageModel>;
export type Params = ReturnType<LanguageModel["init"]>;

export interface TrainingOptions {
  readonly steps: number;
  /** How many pieces of the text a step reads, and how long they are. */
  readonly batchSize: number;
  readonly length: number;
  readonly learningRate: number;
  /** Steps that run as one compiled loop. */
  readonly stepsPerCall?: number;
}

/** Learn from pieces of a text at random places. */
export const learn = (
  key: NDArray,
  model: LanguageModel,
  text: NDArray,
  { steps, batchSize, length, learningRate, stepsPerCall = 50 }: TrainingOptions,
  onLoss: (step: number, loss: number, params: Params) => void = () => {},
): Params => {
  const optimizer = chain(clipByGlobalNorm(1), adam(learningRate));
  const pieces = (pieceKey: NDArray): NDArray => {
    const places = random.randint(pieceKey, [batchSize], 0, text.size - length);
    return vmap((place: NDArray) => lax.dynamicSlice(text, [place], [length + 1]))(places);
  };
  const start = model.init(random.foldIn(key, 0));
  type State = readonly [Params, ReturnType<typeof optimizer.init>];
  const turn = ([params, optimizerState]: State, turnKey: NDArray): readonly [State, NDArray] => {
    const [value, grads] = valueAndGrad(model.loss)(params, pieces(turnKey));
    const [updates, next] = optimizer.update(grads, optimizerState, params);
    return [[applyUpdates(params, updates), next], value];
  };
  const many = jit((state: State, keys: NDArray) => lax.scan(turn, state, keys));
  let state: State = [start, optimizer.init(start)];
  for (let done = 0; done < steps; done += stepsPerCall) {
    const keys = random.split(random.foldIn(random.foldIn(key, 1), done), stepsPerCall);
    const [next, losses] = many(state, keys);
    state = next;
    onLoss(done + stepsPerCall, Number(losses.mean()), state[0]);
  }
  return state[0];
};
