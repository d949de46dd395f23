/**
 * Learns to write like the sonnets it reads, character by character, and writes some lines:
 *
 *     npm run char-lm
 */
import { jit, random } from "cotangent";
import { alphabetOf, languageModel, learn, unigramEntropy } from "./model.ts";
import { heldOut, known, sonnets } from "./text.ts";

const alphabet = alphabetOf(sonnets);
const size = alphabet.characters.length;
const [text, unseen] = [alphabet.encode(known), alphabet.encode(heldOut)];
const model = languageModel(size);
console.log(
  `${text.size} characters, ${size} different ones; by frequency alone ${unigramEntropy(text, size).toFixed(3)} nats each`,
);

const lossOf = jit(model.loss);
const start = performance.now();
const params = learn(
  random.key(0),
  model,
  text,
  { steps: 400, batchSize: 16, length: 48, learningRate: 5e-3, stepsPerCall: 100 },
  (step, loss, now) => {
    const elsewhere = Number(lossOf(now, unseen.reshape(1, -1)));
    console.log(
      `step ${step}: ${loss.toFixed(3)} nats a character, ${elsewhere.toFixed(3)} on a sonnet it has not read`,
    );
  },
);
console.log(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);

const opening = "Shall I ";
const write = jit((key: ReturnType<typeof random.key>) =>
  model.write(params, key, alphabet.encode(opening), 400, 0.7),
);
console.log(opening + alphabet.decode(write(random.key(1))));
