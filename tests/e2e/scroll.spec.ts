// A chat is opened at its end, and stays there while things settle.
import type { Page } from '@playwright/test';

import { expect, lastMessage, say, test, tryPocket } from './household';

const paragraph =
  'A sentence that is long enough to wrap at least once in a column of this width, and then some. ';
const script = { answers: [{ when: '', steps: [{ text: `${paragraph.repeat(6)}\n\n`.repeat(4) }] }] };

/** Pixels between what is in sight and the end of the chat. */
function short(page: Page): Promise<number> {
  return page
    .getByRole('region', { name: 'The chat so far' })
    .evaluate((scroller) => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop);
}

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`a chat opens at its last word, with motion ${reducedMotion}`, async ({ page, open }) => {
    await page.emulateMedia({ reducedMotion });
    await open(script);
    await tryPocket(page);
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      await say(page, text);
      const answer = page.locator(`article[aria-posinset="${2 * index + 2}"]`);
      await expect(answer).toContainText('first word');
    }
    await page.reload();
    await page.getByText('one', { exact: true }).first().click();
    await expect(lastMessage(page)).toContainText('first word');
    await expect.poll(() => short(page)).toBeLessThanOrEqual(1);

    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('link', { name: 'Chat', exact: true }).click();
    await expect(lastMessage(page)).toContainText('first word');
    await expect.poll(() => short(page), 'after another page').toBeLessThanOrEqual(1);
  });
}
