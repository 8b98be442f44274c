// `npm start` without arguments backtests the example configuration; with arguments it is the command line itself.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['backtest', '--config', join(root, 'config.example.yaml')];
const child = spawn(process.execPath, [join(root, 'bin', 'valvulin.mjs'), ...args], { stdio: 'inherit' });

// A terminal sends its interrupt to both processes: the parent only waits for the child to finish its work.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 130 : (code ?? 1);
});
