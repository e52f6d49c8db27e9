// What a person wrote is never lost: not by scrolling, not by another chat, not by a key pressed too early. A script
// answers.
import type { Page } from '@playwright/test';

import { composer, expect, lastMessage, say, test, tryPocket } from './household';

const script = {
  answers: [
    { when: 'slow', steps: [{ tok_s: 40 }, { text: 'word '.repeat(5000) }] },
    {
      when: 'code',
      // A line of words takes more than a second: nothing moves while the pointer is brought to its place.
      steps: [
        { tok_s: 40 },
        { text: '```js\nlet a = 1;\n```\n\n'.repeat(12) },
        { tok_s: 10 },
        { text: 'word '.repeat(5000) },
      ],
    },
    { when: 'nothing', steps: [{ finish: 'stop' }] },
    { when: '', steps: ['echo'] },
  ],
};

async function answered(page: Page): Promise<void> {
  await expect(lastMessage(page)).toContainText('first word');
}

test('a message that is being changed is so still after a look at another chat', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);
  await page.keyboard.press('Control+n');
  await expect(page.getByText('What shall we talk about?')).toBeVisible();
  await say(page, 'pears');
  await answered(page);

  // ArrowUp in an empty field means the message before.
  await composer(page).press('ArrowUp');
  const field = page.getByRole('textbox', { name: 'Edit your message' });
  await expect(field).toBeFocused();
  await field.fill('pears, and plums');
  const chats = page.getByRole('navigation', { name: 'Chats' });
  await chats.getByRole('button', { name: 'apples', exact: true }).click();
  await expect(lastMessage(page)).toContainText('apples');
  await expect(field).toBeHidden();
  await chats.getByRole('button', { name: 'pears', exact: true }).click();
  await expect(field).toHaveValue('pears, and plums');
  await expect(composer(page), 'nobody asked for it again').toBeFocused();
  await page.getByRole('button', { name: 'Save and send' }).dblclick();
  await expect(page.getByText('2/2')).toBeVisible();
  await answered(page);
  await expect(page.getByText('2/2'), 'it was sent once').toBeVisible();
});

test('what is taken out of the queue stands in the composer', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'slow');
  await expect(lastMessage(page)).toContainText('word');
  await say(page, 'and then');
  // A press that lasts while the answer grows by a line: what is pressed must not have moved when it is let go.
  await page.getByRole('button', { name: 'Remove', exact: true }).hover();
  await pressWhileItGrows(page);
  await expect(composer(page)).toHaveValue('and then');
  await page.keyboard.press('Escape');
});

test('what is pressed in a growing answer that fills the page is what is clicked', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'code');
  await expect(lastMessage(page)).toContainText('word word');
  expect((await growing(page)).scrolled, 'the page follows the answer').toBeGreaterThan(300);
  // Not by hover(), which scrolls when what it aims at moves, as a person does who wants to read further up.
  await nextLine(page);
  const box = await page.locator('[data-copy]').last().boundingBox();
  if (!box) throw new Error('there is no button to copy the code');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await pressWhileItGrows(page);
  await expect(page.getByText('Copied', { exact: true }).first()).toBeVisible();
  const { scrolled } = await growing(page);
  await expect
    .poll(async () => (await growing(page)).scrolled, { message: 'it follows again' })
    .toBeGreaterThan(scrolled);
  await page.keyboard.press('Escape');
});

/** How high the newest answer is, and how far the page is scrolled, pixels. */
function growing(page: Page): Promise<{ height: number; scrolled: number }> {
  return page.evaluate(() => ({
    height: [...document.querySelectorAll('article')].at(-1)?.scrollHeight ?? 0,
    scrolled: document.querySelector('[aria-label="The chat so far"]')?.scrollTop ?? 0,
  }));
}

/** Presses where the pointer is, and lets go when the newest answer has become longer. */
async function pressWhileItGrows(page: Page): Promise<void> {
  await page.mouse.down();
  await nextLine(page);
  await page.mouse.up();
}

/** Waits until the newest answer is longer by a line. */
async function nextLine(page: Page): Promise<void> {
  const { height } = await growing(page);
  await expect.poll(async () => (await growing(page)).height, { intervals: [50] }).toBeGreaterThan(height);
}

test('deleting more than a question and its answer asks first, tells how many, and is undone', async ({
  page,
  open,
}) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);
  await say(page, 'pears');
  await expect(page.getByRole('article')).toHaveCount(4);
  await answered(page);
  const first = page.getByRole('article').first();
  await first.hover();
  await first.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete 4 messages?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('article')).toHaveCount(4);
  await first.hover();
  await first.getByRole('button', { name: 'Delete' }).click();
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('4 messages deleted')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('article')).toHaveCount(4);
});

test('an answer without a word says so', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'nothing');
  await expect(page.getByText('The model ended without saying anything.')).toBeVisible();
});

test('the settings of a chat go by Escape where they cover it, and are not there at the start', async ({
  page,
  open,
}) => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await open(script);
  await tryPocket(page);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('Control+i');
  const settings = page.getByRole('complementary', { name: 'This chat' });
  await expect(settings).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(settings).toBeHidden();
  await expect(composer(page), 'the focus is where it was').toBeFocused();
  await page.keyboard.press('Control+i');
  await expect(settings).toBeVisible();
  await page.reload();
  await composer(page).waitFor();
  await expect(settings).toBeHidden();
});

test('what is written and code follow the size of the text in chats', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  const size = () => composer(page).evaluate((field) => getComputedStyle(field).fontSize);
  expect(await size()).toBe('15px');
  await page.evaluate(() => document.documentElement.style.setProperty('--chat-size', '20px'));
  expect(await size()).toBe('20px');
});
