// Prints "N passed, N failed" from vitest's JSON reports; exits 1 if anything failed.
// Usage: node .ci/count.mjs <report.json> <exit code of its test run> [<report.json> <exit code> ...]
import { readFileSync } from "node:fs";

const count = (path) => {
  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  let passed = 0;
  let failed = 0;
  for (const file of testResults) {
    const statuses = file.assertionResults.map((test) => test.status);
    const failures = statuses.filter((status) => status === "failed").length;
    passed += statuses.filter((status) => status === "passed").length;
    // A file that failed though none of its tests did never got to run them.
    failed += file.status === "failed" ? Math.max(failures, 1) : failures;
  }
  return { passed, failed };
};

const read = (path, exitCode) => {
  try {
    const { passed, failed } = count(path);
    // An error outside every test (a type error in a source file, a crash) fails the run without failing a test.
    return { passed, failed: failed === 0 && exitCode !== "0" ? 1 : failed };
  } catch (error) {
    console.error(`no test report to count: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
};

let passed = 0;
let failed = 0;
const given = process.argv.slice(2);
for (let i = 0; i < given.length; i += 2) {
  const run = read(given[i], given[i + 1]);
  passed += run.passed;
  failed += run.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
