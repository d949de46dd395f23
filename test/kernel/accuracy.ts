import { cases, type Worst, worst32, worst64 } from "./worst.ts";

// The greatest errors of the elementary functions, in units in the last place. Run: npm run accuracy

const only = process.argv.slice(2);
console.log("| function | f32 | at | f64 | at |\n|---|---|---|---|---|");
for (const name of only.length > 0 ? only : Object.keys(cases)) {
  const single = worst32(name, 1999, 400_000);
  const double = worst64(name);
  const cell = ({ error, at }: Worst): string => `${error.toFixed(2)} | ${at.join(", ")}`;
  console.log(`| ${name} | ${cell(single)} | ${cell(double)} |`);
}
