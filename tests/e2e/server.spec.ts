// The local server, as a person runs it: switched on, asked by a program, watched, guarded by tokens, and mended where
// it does not start. The built-in model answers.
import { createServer } from 'node:net';

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, test, tryPocket } from './household';

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a port was asked for');
  return address.port;
}

/** Asks a port for the capital of Norway. */
function ask(base: string, token?: string): Promise<Response> {
  return fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({
      model: 'pocket',
      temperature: 0,
      messages: [{ role: 'user', content: 'What is the capital of Norway?' }],
    }),
  });
}

/** The status of an answer; 0 while nobody is there, as for a moment when the server starts again. */
const statusOf = (base: string, token?: string) =>
  ask(base, token).then(
    ({ status }) => status,
    () => 0,
  );

const theSwitch = (page: Page) => page.getByRole('switch', { name: 'Local server' });
const requests = (page: Page) => page.getByRole('list', { name: 'Requests' }).getByRole('listitem');
const loaded = (page: Page) => page.getByRole('region', { name: 'Loaded' });
const example = (page: Page) => page.getByRole('region', { name: 'Example' });
const sheet = (page: Page) => page.getByRole('dialog', { name: 'Server settings' });
const state = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words });

/** Away from everything that has a tooltip: Escape would close that first. */
async function pointNowhere(page: Page): Promise<void> {
  await page.mouse.move(2, 2);
  await expect(page.locator('.tooltip')).toHaveCount(0);
}

async function openServer(page: Page): Promise<void> {
  await tryPocket(page);
  await page.getByRole('link', { name: /^Server/ }).click();
  await expect(page.getByRole('heading', { name: 'Local server', level: 1 })).toBeVisible();
}

async function setPort(page: Page, port: number): Promise<void> {
  await page.getByRole('button', { name: 'Server settings' }).click();
  const field = sheet(page).getByRole('textbox', { name: 'Port' });
  await expect(field).toBeFocused();
  await field.fill(String(port));
  const saved = page.waitForResponse((answer) => answer.url().endsWith('settings.save'));
  await field.press('Enter');
  await saved;
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toBeHidden();
}

/** Switches it on at a port of its own; returns what programs of OpenAI are told. */
async function run(page: Page): Promise<string> {
  const port = await freePort();
  await setPort(page, port);
  await theSwitch(page).click();
  await expect(state(page, 'Running')).toBeVisible();
  const base = `http://127.0.0.1:${port}/v1`;
  await expect(page.getByRole('region', { name: 'Address' })).toContainText(base);
  await expect(example(page)).toContainText(base);
  return base;
}

/** Has what is asked and answered be kept from now on. */
async function keepBodies(page: Page): Promise<void> {
  const saved = page.waitForResponse((answer) => answer.url().endsWith('settings.save'));
  await page.getByRole('switch', { name: /^Keep what was asked/ }).click();
  await saved;
}

async function makeToken(within: Locator, name: string): Promise<string> {
  await within.getByRole('textbox', { name: 'What it is for' }).fill(name);
  await within.getByRole('button', { name: 'Make it' }).click();
  const secret = (await within.getByLabel('The new token').textContent()) ?? '';
  expect(secret).toMatch(/^ink-[0-9a-f]{60,}$/);
  await within.getByRole('button', { name: 'I have copied it' }).click();
  await expect(within.getByText(secret)).toBeHidden();
  return secret;
}

test('a program asks, is seen, and its model is unloaded again', async ({ page, open }) => {
  await open();
  await openServer(page);
  await expect(page.getByText('nobody can connect')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Nobody has asked yet' })).toBeVisible();
  const base = await run(page);
  await expect(page.getByRole('link', { name: 'Server, it runs' })).toBeVisible();
  await expect(page.getByText('only this machine')).toBeVisible();
  await expect(loaded(page)).toContainText('No model is in memory');

  await keepBodies(page);
  const answer = await ask(base);
  expect(answer.status).toBe(200);
  expect(JSON.stringify(await answer.json())).toContain('Oslo');

  const row = requests(page).first();
  await expect(row).toContainText('POST /v1/chat/completions');
  await expect(row).toContainText('Pocket');
  await expect(row).toContainText(/\d+ tokens · [\d,.]+ tok\/s · .+ to first/);
  await expect(row).toContainText('200');
  await row.getByRole('button').first().click();
  await expect(row.getByRole('region', { name: 'Asked' })).toContainText('What is the capital of Norway?');
  await expect(row.getByRole('region', { name: 'Answered' })).toContainText('Oslo');

  await expect(loaded(page)).toContainText('Pocket');
  await expect(loaded(page).getByRole('progressbar')).toBeVisible();
  await loaded(page).getByRole('button', { name: 'Unload Pocket' }).click();
  await expect(loaded(page)).toContainText('No model is in memory');

  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(requests(page)).toHaveCount(0);

  await theSwitch(page).click();
  await expect(state(page, 'Off')).toBeVisible();
  await expect(ask(base), 'nobody is there any more').rejects.toThrow();
});

test('a token is made, asked for, and revoked', async ({ page, open }) => {
  await open();
  await openServer(page);
  const base = await run(page);
  await page.getByRole('button', { name: 'Tokens', exact: true }).click();
  const tokens = page.getByRole('dialog', { name: 'Tokens' });
  const secret = await makeToken(tokens, 'editor');
  await expect(tokens.getByText(`Read, Generate · ends in ${secret.slice(-4)}`)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tokens).toBeHidden();

  await page.getByRole('button', { name: 'Server settings' }).click();
  const saved = page.waitForResponse((answer) => answer.url().endsWith('settings.save'));
  await sheet(page).getByRole('switch', { name: 'Ask for a token on this machine too' }).click();
  await saved;
  await page.keyboard.press('Escape');
  await expect(example(page), 'the example shows where it goes').toContainText('ink-…');

  expect((await ask(base)).status).toBe(401);
  await expect(requests(page).first()).toContainText('401');
  await expect(requests(page).first()).toContainText('asks for a token');
  expect((await ask(base, secret)).status).toBe(200);
  await expect(requests(page).first()).toContainText('200');
  await requests(page).first().getByRole('button').first().click();
  await expect(requests(page).first()).toContainText('editor');

  await page.getByRole('button', { name: 'Tokens', exact: true }).click();
  await expect(tokens.getByText(/made .+ · last used/)).toBeVisible();
  await tokens.getByRole('button', { name: 'Revoke editor' }).click();
  const question = page.getByRole('alertdialog', { name: 'Revoke “editor”?' });
  await expect(question).toContainText('It is the last one');
  await question.getByRole('button', { name: 'Revoke it' }).click();
  await expect(tokens.getByText('There is none yet.')).toBeVisible();
  expect((await ask(base, secret)).status).toBe(401);
});

test('the network comes only with a token', async ({ page, open }) => {
  await open();
  await openServer(page);
  const base = await run(page);
  await page.getByRole('button', { name: 'Share on my network…' }).click();
  const share = page.getByRole('dialog', { name: 'Share on your network' });
  await expect(share.getByText('Make a token first')).toBeVisible();
  await expect(share.getByRole('button', { name: 'Share', exact: true })).toBeDisabled();
  const secret = await makeToken(share, 'laptop');
  await share.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(share.getByText('Other machines reach the server')).toBeVisible();
  await pointNowhere(page);
  await page.keyboard.press('Escape');
  await expect(share).toBeHidden();
  await expect(page.getByText('nobody can connect')).toBeHidden();
  await expect.poll(() => statusOf(base, secret), 'it runs again').toBe(200);
  await expect.poll(() => statusOf(base), 'and asks everybody for a token').toBe(401);

  await page.getByRole('button', { name: 'Shared on my network…' }).click();
  await share.getByRole('button', { name: 'Stop sharing' }).click();
  await pointNowhere(page);
  await page.keyboard.press('Escape');
  await expect(page.getByText('only this machine')).toBeVisible();
  await expect.poll(() => statusOf(base)).toBe(200);
});

test('a port that another program has is told, and another one mends it', async ({ page, open }) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = (other.address() as { port: number }).port;
  try {
    await open();
    await openServer(page);
    await setPort(page, taken);
    await theSwitch(page).click();
    await expect(state(page, 'Could not start')).toBeVisible();
    await expect(page.getByRole('alert')).toContainText(`port ${taken}`);
    await page.getByRole('button', { name: 'Change the port' }).click();
    const field = sheet(page).getByRole('textbox', { name: 'Port' });
    await field.fill('70000');
    await field.press('Enter');
    await expect(sheet(page).getByText('A port is a whole number from 1 to 65,535.')).toBeVisible();
    await field.fill(String(await freePort()));
    await field.press('Enter');
    await expect(state(page, 'Running'), 'it is tried again by itself').toBeAttached();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alert')).toBeHidden();
  } finally {
    other.close();
  }
});

test('further names and web pages are added, and what is refused says why', async ({ page, open }) => {
  await open();
  await openServer(page);
  const base = await run(page);
  await page.getByRole('button', { name: 'Server settings' }).click();
  const pages = sheet(page).getByRole('textbox', { name: 'Add a web page' });
  await pages.fill('*');
  await pages.press('Enter');
  await expect(sheet(page).getByText(/is no address of a web page’?'?s origin/)).toBeVisible();
  await expect(pages).toHaveValue('*');
  await pages.fill('HTTP://LocalHost:3000/');
  await pages.press('Enter');
  await expect(sheet(page).getByText('http://localhost:3000', { exact: true })).toBeVisible();

  await sheet(page).getByText('Pocket', { exact: true }).click();
  const alias = sheet(page).getByRole('textbox', { name: 'Add a name for Pocket' });
  await alias.fill('gpt-4o');
  await alias.press('Enter');
  await expect(sheet(page).getByText('also gpt-4o')).toBeVisible();
  await page.keyboard.press('Escape');

  const answer = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(answer.status).toBe(200);
  const stranger = await fetch(`${base}/models`, { headers: { Origin: 'http://evil.example' } });
  expect(stranger.status).toBe(403);
  await expect(requests(page).first()).toContainText('403');
  await expect(requests(page).first()).toContainText('This web page may not use the server');
});

test('the palette switches it', async ({ page, open }) => {
  await open();
  await openServer(page);
  await setPort(page, await freePort());
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('switch the server');
  await expect(page.getByRole('option', { name: 'Switch the server on' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'Switch the server off' })).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/The server runs at http:/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Server, it runs' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('open the server');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Local server', level: 1 })).toBeVisible();
});

for (const size of [
  { width: 1000, height: 700 },
  { width: 1440, height: 900 },
]) {
  for (const theme of ['light', 'dark'] as const) {
    test(`nobody is kept out at ${size.width} × ${size.height}, ${theme}`, async ({ page, open }) => {
      await page.setViewportSize(size);
      // Motion would be measured half-way, when words are still faint.
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const sound = async (where: string) => {
        await pointNowhere(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
        expect.soft(told, where).toEqual([]);
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect.soft(wider, `${where}: nothing is wider than the window`).toBe(0);
      };
      await open();
      await openServer(page);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await sound('off');
      const base = await run(page);
      await keepBodies(page);
      expect((await ask(base)).status).toBe(200);
      expect((await ask(`${base}/nowhere`)).status).toBe(404);
      await expect(requests(page)).toHaveCount(2);
      await requests(page).last().getByRole('button').first().click();
      await expect(requests(page).last().getByRole('region', { name: 'Answered' })).toContainText('Oslo');
      await sound('with requests');
      await page.getByRole('button', { name: 'Server settings' }).click();
      await sheet(page).getByText('Pocket', { exact: true }).click();
      await sound('settings');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Tokens', exact: true }).click();
      const tokens = page.getByRole('dialog', { name: 'Tokens' });
      await sound('no tokens');
      await makeToken(tokens, 'editor');
      await sound('tokens');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Share on my network…' }).click();
      await sound('sharing');
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      await expect(page.getByText('Other machines reach the server')).toBeVisible();
      await expect(page.getByText('this machine and your network')).toBeVisible();
      await sound('shared');
      await page.keyboard.press('Escape');
    });
  }
}
