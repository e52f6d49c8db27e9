// The main road: first start, Pocket, an answer that a real model wrote, and tomorrow it is still there.
import { composer, expect, lastMessage, say, test, tryPocket } from './household';

test('a stranger gets an answer, and finds it again after the application was killed', async ({
  page,
  open,
}) => {
  const household = await open();
  await expect(page.getByText('Talk to a model on your own machine.')).toBeVisible();
  await tryPocket(page);
  await say(page, 'What is the capital of Norway?');
  await expect(lastMessage(page)).toContainText('The capital of Norway is Oslo.');
  await say(page, 'My name is Tara.');
  await expect(page.getByRole('article').nth(3)).toContainText('tok/s');

  await household.end('SIGKILL');
  await page.goto('about:blank');
  await page.goto(await household.start());
  await page.getByText('What is the capital of Norway?').first().click();
  const oslo = page.getByRole('article').filter({ hasText: 'The capital of Norway is Oslo.' });
  await expect(oslo).toBeVisible();
  await say(page, 'What is my name?');
  await expect(lastMessage(page)).toContainText('Tara');
});

test('formulas, tables and code are drawn', async ({ page, open }) => {
  await open();
  await tryPocket(page);
  await say(page, 'What is the area of a circle?');
  await expect(page.locator('.katex').first()).toBeVisible();
  await say(page, 'Make a table: tacos 4, pizza 2, cheese 16');
  await expect(page.getByRole('cell', { name: 'pizza' })).toBeVisible();
  await say(page, 'Write hello world in Rust.');
  await expect(page.locator('.code code').filter({ hasText: 'println' })).toBeVisible();
});

test('thinking is folded away and timed', async ({ page, open }) => {
  await open();
  await tryPocket(page);
  await page.getByRole('button', { name: 'Think' }).click();
  await expect(page.getByRole('button', { name: 'Think' })).toHaveAttribute('aria-pressed', 'true');
  await say(page, 'Name the capital of Denmark.');
  await expect(lastMessage(page)).toContainText('The capital of Denmark is Copenhagen.');
  await expect(page.getByText(/Thought for/)).toBeVisible();
});

test('a draft is still there after a restart', async ({ page, open }) => {
  const household = await open();
  await tryPocket(page);
  await say(page, 'Hello');
  await expect(page.getByText(/tok\/s/)).toBeVisible();
  const saved = page.waitForResponse(
    (answer) =>
      answer.url().endsWith('chat.saveDraft') && !!answer.request().postData()?.includes('half a thought'),
  );
  await composer(page).fill('half a thought');
  await saved;
  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await page.getByText('Hello', { exact: true }).first().click();
  await expect(composer(page)).toHaveValue('half a thought');
});

test('what was written for a new chat outlives a crash, and once said does not come back', async ({
  page,
  open,
}) => {
  const household = await open();
  await tryPocket(page);
  const saved = page.waitForResponse((answer) => answer.url().endsWith('chat.saveNewDraft'));
  await composer(page).fill('What is the capital');
  await saved;

  await household.end('SIGKILL');
  await page.goto('about:blank');
  await page.goto(await household.start());
  await expect(composer(page)).toHaveValue('What is the capital');
  await say(page, 'What is the capital of Norway?');
  await expect(lastMessage(page)).toContainText('Oslo');

  await household.end('SIGKILL');
  await page.goto('about:blank');
  await page.goto(await household.start());
  await expect(page.getByText('What shall we talk about?')).toBeVisible();
  await expect(composer(page)).toHaveValue('');
});
