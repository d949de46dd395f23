/**
 * Chapter 7, practice: a check that finds a planted bug; gradients that vanish and explode, and cures; remedies against
 * overfitting; float32 and float64.
 *
 *     npx tsx examples/backprop/7-practice.ts
 *
 * docs/backprop/7-practice.md is the page to it, and shows the picture that this program draws.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clipped, designs, drawing, firstToLast, gradients, norms } from "./deep-gradients.ts";
import { findBug, rightByHand, wrongByHand } from "./gradient-check.ts";
import { digits, learn, remedies } from "./overfitting.ts";
import { differenceError, gradientError, sumErrors } from "./precision.ts";
import { heading, isProgram, show, table } from "./report.ts";

const pictureFile = fileURLToPath(new URL("../../docs/backprop/7-practice.svg", import.meta.url));

export function main(): void {
  heading("A gradient check");
  console.log(`the right derivative: ${findBug(rightByHand) ?? "nothing is wrong"}`);
  console.log(`the wrong one: ${findBug(wrongByHand) ?? "nothing is wrong"}`);

  heading("30 layers of 64: ‖∂L/∂W‖ by layer");
  table(
    ["", "1", "8", "15", "22", "30", "first / last"],
    Object.entries(designs).map(([name, design]) => {
      const sizes = norms(gradients(design));
      return [
        name,
        ...[0, 7, 14, 21, 29].map((i) => show(sizes[i] as number, 2)),
        show(firstToLast(sizes), 2),
      ];
    }),
  );
  const [before, after] = clipped(gradients(designs["ReLU, large weights"] as never));
  console.log(
    `Clipping of ReLU with large weights: the whole gradient is ${show(before, 2)} long, then ${show(after, 2)}.`,
  );
  writeFileSync(
    pictureFile,
    drawing(Object.keys(designs).filter((name) => !name.startsWith("ReLU, large weights"))),
  );
  console.log("The picture is docs/backprop/7-practice.svg.");

  heading("300 digits to learn from, 2,000 others");
  const examples = digits(300);
  table(
    ["remedy", "right, seen", "right, unseen"],
    Object.entries(remedies).map(([name, remedy]) => {
      const { train, test } = learn(examples, remedy, 100);
      return [name, `${(100 * train).toFixed(1)} %`, `${(100 * test).toFixed(1)} %`];
    }),
  );

  heading("float32 and float64");
  table(
    ["step h of a difference", "error, float32", "error, float64"],
    [-1, -2, -3, -4, -5, -6, -8, -10].map((e) => [
      `1e${e}`,
      show(differenceError("float32", 10 ** e), 2),
      show(differenceError("float64", 10 ** e), 2),
    ]),
  );
  console.log(`error of the gradient by grad in float32: ${show(gradientError(), 2)}`);
  const errors = sumErrors(1_000_000);
  console.log(
    `error of a sum of a million tenths: ${show(errors.naive, 2)} one after another in float32, ` +
      `${show(errors.float32, 2)} by np.sum in float32, ${show(errors.float64, 2)} in float64`,
  );
}

if (isProgram(import.meta.url)) main();
