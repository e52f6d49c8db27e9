// Which engine runs a model: told, chosen, kept, and left to the application again. A script answers for each.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { composer, expect, lastMessage, say, test, tryPocket } from './household';

const script = { answers: [{ when: '', steps: ['echo'] }] };

const dialogue = (page: Page) => page.getByRole('dialog', { name: 'Engine of Pocket' });
const engine = (page: Page, name: string) => dialogue(page).getByRole('radio', { name, exact: true });
/** The line below the model's name: its engine, why, and how fast. */
const line = (page: Page) => page.getByRole('button', { name: /^Engine of Pocket: / });

/** The models of this machine. */
async function openMine(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('link', { name: 'Mine' }).click();
}

async function openEngines(page: Page): Promise<void> {
  await line(page).click();
  await expect(dialogue(page)).toBeVisible();
}

/** Chooses, and waits until the host has kept it. */
async function choose(page: Page, name: string): Promise<void> {
  const kept = page.waitForResponse((answer) => answer.url().endsWith('model.chooseEngine'));
  await engine(page, name).click();
  await kept;
}

test('the engine of a model is chosen, kept, and left to Inglenook again', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await openMine(page);
  await expect(line(page)).toContainText('llama.cpp');
  await openEngines(page);
  await expect(engine(page, 'Automatic')).toBeChecked();
  await choose(page, 'mistral.rs');
  await dialogue(page).getByRole('button', { name: 'Done' }).click();
  await expect(dialogue(page)).toBeHidden();
  await expect(line(page)).toContainText('mistral.rs');
  await expect(line(page), 'the way on begins where one was').toBeFocused();

  await page.reload();
  await openEngines(page);
  await expect(engine(page, 'mistral.rs')).toBeChecked();
  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await openMine(page);
  await expect(line(page), 'it outlives the application').toContainText('mistral.rs');

  await openEngines(page);
  await choose(page, 'Automatic');
  await page.keyboard.press('Escape');
  await expect(line(page)).toContainText('llama.cpp');
});

test('nobody is kept out of the choice, light or dark', async ({ page, open }) => {
  // Motion would be measured half-way, when words are still faint.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(script);
  await tryPocket(page);
  await openMine(page);
  await openEngines(page);
  await expect(engine(page, 'Automatic'), 'one begins at what is chosen').toBeFocused();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
    expect.soft(told, theme).toEqual([]);
  }
  await page.keyboard.press('ArrowDown');
  await expect(engine(page, 'llama.cpp'), 'arrow keys choose').toBeChecked();
});

test('the picker leads to the engines, and says when a choice takes effect', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'hello');
  await expect(lastMessage(page)).toContainText('You said');
  await page.keyboard.press('Control+l');
  await page.getByRole('button', { name: 'Choose the engine of Pocket' }).click();
  await expect(dialogue(page)).toContainText('takes effect the next time it is loaded');
  await page.getByRole('button', { name: 'Unload it now' }).click();
  await expect(dialogue(page)).not.toContainText('takes effect the next time it is loaded');
  await choose(page, 'mistral.rs');
  await page.keyboard.press('Escape');
  await expect(dialogue(page)).toBeHidden();
  await expect(page.getByRole('button', { name: /^Model: Pocket/ })).toContainText('mistral.rs');
  await expect(composer(page), 'who wrote can go on').toBeFocused();
});
