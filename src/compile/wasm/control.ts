import type { FunctionBuilder, Local } from "./function.ts";

/** `for (i = start; i < end; i += step)`, the bounds signed numbers in locals; `i` may be read in the body. */
export function countUp(
  f: FunctionBuilder,
  i: Local,
  start: number | Local,
  end: Local,
  step: number | Local,
  body: () => void,
): void {
  const push = (value: number | Local): void =>
    void (typeof value === "number" ? f.i32(value) : f.get(value));
  push(start);
  f.set(i);
  f.block((done) => {
    f.loop((again) => {
      f.get(i).get(end).op("i32.ge_s").brIf(done);
      body();
      f.get(i);
      push(step);
      f.op("i32.add").set(i).br(again);
    });
  });
}

/** Pushes the smaller of two signed numbers, the first a local. */
export function pushMin(f: FunctionBuilder, a: Local, b: number | Local): void {
  const push = (): void => void (typeof b === "number" ? f.i32(b) : f.get(b));
  f.get(a);
  push();
  f.get(a);
  push();
  f.op("i32.lt_s", "select");
}
