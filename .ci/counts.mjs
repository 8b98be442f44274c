// Prints the closing line of .ci/run from vitest's JSON report. A test file that could not be loaded counts as one failure.
import { readFileSync } from 'node:fs';

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const report = read(process.argv[2]);
if (!report) console.log('no test report was written: the run stopped before or during the tests');
const broken =
  report?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0) ?? [];
const passed = report?.numPassedTests ?? 0;
const failed = report ? report.numFailedTests + broken.length : 1;
const skipped = report ? report.numPendingTests + report.numTodoTests : 0;
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
