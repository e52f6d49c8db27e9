// What does not depend on a model's words: stopping, queueing, versions, failures, a cut answer. A script answers.
import { composer, expect, lastMessage, say, test, tryPocket } from './household';

const script = {
  answers: [
    { when: 'slow', steps: [{ tok_s: 40 }, { text: 'word '.repeat(5000) }] },
    { when: 'crash', steps: [{ text: 'It began well' }, { wait_ms: 500 }, 'abort'] },
    { when: '', steps: ['echo'] },
  ],
};

test('an answer is stopped, keeps its words, and goes on', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'slow');
  await expect(lastMessage(page)).toContainText('word word');
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeHidden();
  await expect(lastMessage(page)).toContainText('word word');
  await page.getByRole('button', { name: 'Continue' }).first().click();
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeHidden();
});

test('what is said while an answer comes waits in sight', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'slow');
  await expect(lastMessage(page)).toContainText('word');
  await say(page, 'and then');
  await expect(page.getByText('and then')).toBeVisible();
  await expect(composer(page)).toHaveValue('');
});

test('an answer is written again and both versions stay', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await say(page, 'hello');
  await expect(lastMessage(page)).toContainText('You said');
  await page.getByRole('button', { name: 'Regenerate' }).last().click();
  await expect(page.getByText('2/2')).toBeVisible();
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await expect(page.getByText('1/2')).toBeVisible();
  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await page.getByText('hello', { exact: true }).first().click();
  await expect(page.getByText('1/2')).toBeVisible();
});

test('a worker that dies leaves an error card, and the next message is answered', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'crash');
  await expect(page.getByText('It began well')).toBeVisible();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await say(page, 'hello again');
  await expect(lastMessage(page)).toContainText('You said');
});

test('an answer that was cut by a crash of the application says so', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await say(page, 'slow');
  // A second of text is what a crash may cost; after two seconds' worth, some of it must be there.
  await expect(lastMessage(page)).toContainText('word '.repeat(80).trim());
  await household.end('SIGKILL');
  await page.goto('about:blank');
  await page.goto(await household.start());
  await page.getByText('slow', { exact: true }).first().click();
  await expect(page.getByText(/closed while this was being written/)).toBeVisible();
  await expect(lastMessage(page)).toContainText('word word');
});
