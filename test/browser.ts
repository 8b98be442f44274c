import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is: `CHROME_PATH`, or where systems usually put it; undefined where there is none. */
export function browserPath(): string | undefined {
  const named = process.env.CHROME_PATH;
  return [...(named === undefined ? [] : [named]), ...PLACES].find((path) => existsSync(path));
}

/** Said where browser tests are skipped. */
export const NO_BROWSER = 'no Chromium found: apt-get install chromium, or set CHROME_PATH';

/** Starts it without a window. Its process isolation is off because it may run as root in a container. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error(NO_BROWSER);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath, args: [...args, '--disable-component-update', '--disable-sync'] });
}
