// Figures of the page in Chromium, against the HTTP host. usage: node ui.mjs, with INGLENOOK_BIN set.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import * as page from './page.mjs';

const bin = process.env.INGLENOOK_BIN;
const print = (line) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'inglenook-bench-'));
const home = join(folder, 'home');
execFileSync(join(bin, 'fill-home'), [home, String(page.MESSAGES)]);
const engines = join(folder, 'engines');
mkdirSync(engines);
copyFileSync(join(bin, 'inglenook-scripted-worker'), join(engines, 'inglenook-llamacpp'));
writeFileSync(join(folder, 'script.json'), JSON.stringify(page.script));
const env = {
  ...process.env,
  INGLENOOK_HOME: home,
  INGLENOOK_ENGINE_DIR: engines,
  INGLENOOK_SCRIPT: join(folder, 'script.json'),
};
const host = spawn(join(bin, 'inglenook-webhost'), [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
const address = await new Promise((resolve) =>
  host.stdout.on('data', (piece) => {
    const found = /http:\/\/\S+/.exec(piece.toString());
    if (found) resolve(found[0]);
  }),
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--enable-precise-memory-info'],
});
try {
  const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const run = (body, ...args) =>
    tab.evaluate(([text, given]) => new Function(text).apply(null, given), [body, args]);
  const runAsync = (body, ...args) =>
    tab.evaluate(
      ([text, given]) => new Promise((done) => new Function(text).apply(null, [...given, done])),
      [body, args],
    );
  await tab.goto(address);
  await tab.getByRole('button', { name: /Try Pocket/ }).click();
  await tab.locator('textarea[placeholder^="Message Pocket"]').waitFor();
  const title = 'Question 0: how does this go on?';
  await tab.getByText(title).first().waitFor();
  const opened = await runAsync(page.OPEN, title, page.MESSAGES);
  await run(page.BEGIN);
  await tab.getByRole('textbox', { name: 'Message', exact: true }).fill('go on');
  await tab.keyboard.press('Enter');
  const stop = tab.getByRole('button', { name: 'Stop the answer' });
  await stop.waitFor();
  const echoes = [];
  for (let letter = 0; letter < 20; letter++) echoes.push(await runAsync(page.ECHO));
  await run(page.CLEAR);
  await stop.waitFor();
  await runAsync(page.WHOLE);
  const figures = await run(page.END);
  page.requireWhole(figures);
  print('The page (Chromium, headless, no graphics card)');
  print(page.row(`opening a chat of ${page.MESSAGES} messages`, page.milliseconds(opened), '< 300 ms'));
  for (const row of page.frameRows(figures, '< 16.7 ms')) print(row);
  print(
    page.row('typed letter to its frame, median of 20', page.milliseconds(page.median(echoes)), '< 50 ms'),
  );
  print(
    page.row(
      'heap growth',
      figures.heapGrowthMb === null ? 'not told' : `${figures.heapGrowthMb.toFixed(1)} MB`,
      '< 50 MB',
    ),
  );
} finally {
  await browser.close();
  host.kill();
  rmSync(folder, { recursive: true, force: true });
}
