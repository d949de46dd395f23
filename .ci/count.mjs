// Prints "N passed, N failed" from vitest's JSON report; exits 1 if anything failed.
// Usage: node .ci/count.mjs <report.json> <exit code of the test run>
import { readFileSync } from "node:fs";

const [path, exitCode] = process.argv.slice(2);

const count = () => {
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

const read = () => {
  try {
    return count();
  } catch (error) {
    console.error(`no test report to count: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
};

const { passed, failed } = read();
// An error outside every test (a type error in a source file, a crash) fails the run without failing a test.
const total = failed === 0 && exitCode !== "0" ? 1 : failed;
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total === 0 ? 0 : 1;
