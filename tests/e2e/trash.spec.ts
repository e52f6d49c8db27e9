// What was thrown away: where it waits, how it comes back, and the copies that are made of everything.
import { expect, lastMessage, say, test, tryPocket } from './household';

const script = { answers: [{ when: '', steps: ['echo'] }] };

test('messages that were deleted wait in the trash, also after a restart', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  for (const text of ['first words', 'second words']) {
    await say(page, text);
    await expect(lastMessage(page)).toContainText(`You said: ${text}`);
  }
  await page.getByRole('article').nth(2).hover();
  await page.getByRole('article').nth(2).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('article')).toHaveCount(2);

  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await page.getByRole('button', { name: 'Trash' }).click();
  await expect(page.getByText('2 messages of “first words”')).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('article')).toHaveCount(4);
  await expect(lastMessage(page)).toContainText('second words');
});

test('the settings offer the copies of the chats', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await say(page, 'keep me');
  await expect(lastMessage(page)).toContainText('keep me');
  // The next start finds something to copy.
  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await say(page, 'said after the copy');
  await expect(lastMessage(page)).toContainText('said after the copy');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByText('Copies of your chats')).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('The chats were restored')).toBeVisible();
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  const chats = page.getByRole('navigation', { name: 'Chats' });
  await expect(chats.getByRole('button', { name: 'said after the copy' })).toBeHidden();
  await chats.getByRole('button', { name: 'keep me', exact: true }).click();
  await expect(lastMessage(page)).toContainText('You said: keep me');
});
