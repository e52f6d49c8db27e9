// The models of this machine, looked after: checked and mended, brought up to date, deleted; those of other programs,
// and those whose disk comes and goes.
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, fetchPocket, type Household, lastMessage, say, test, tryPocket } from './household';
import { FakeHub, type Report } from '../hub/fake.mjs';
import { plantHuggingFace, plantLmStudio, plantOllama, POCKET } from './stores';

const script = { answers: [{ when: '', steps: ['echo'] }] };
const REPO = 'inglenook/Pocket-GGUF';
const FILE = 'Pocket-Q8_0.gguf';

let place: string;

test.beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'inglenook-mine-'));
});

test.afterEach(() => rmSync(place, { recursive: true, force: true }));

/** The parts of the table that are about a model each. All of them are Pocket, by whatever name. */
const rows = (page: Page) => page.locator('tbody');
const builtIn = (page: Page) => rows(page).filter({ hasText: 'built in' });
const others = (page: Page) => rows(page).filter({ hasNotText: 'built in' });
/** The folder in the list below the table. */
const folder = (page: Page, path: string) => page.getByRole('listitem').filter({ hasText: path });

async function openMine(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Models/ }).click();
  await page.getByRole('link', { name: /^Mine/ }).click();
  await expect(page.getByRole('heading', { name: 'On this machine' })).toBeVisible();
}

/** Opens the menu of a model's row. */
async function openMenu(page: Page, row: Locator): Promise<void> {
  await row.getByRole('button', { name: /^More for / }).click();
  await expect(page.getByRole('menu')).toBeVisible();
}

async function choose(page: Page, row: Locator, entry: string): Promise<void> {
  await openMenu(page, row);
  await page.getByRole('menuitem', { name: entry }).click();
}

/** Reads all folders again, and waits until that is done. */
async function lookAgain(page: Page): Promise<void> {
  const read = page.waitForResponse((answer) => answer.url().endsWith('model.rescan'));
  await page.getByRole('button', { name: 'Look again' }).click();
  await read;
}

/** Turns the bits of the last byte round: the header stays as it is. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  const at = statSync(path).size - 1;
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, at);
  closeSync(file);
}

const same = (one: string, other: string) => readFileSync(one).equals(readFileSync(other));

test.describe('a model from the hub', () => {
  let hub: FakeHub;
  let file: string;

  test.beforeEach(async ({ page, open }) => {
    hub = await new FakeHub().start();
    const household = await open(script, { HF_ENDPOINT: hub.endpoint });
    file = join(household.folder, 'home/models', REPO, FILE);
    await tryPocket(page);
    await fetchPocket(page);
    await openMine(page);
    await expect(others(page)).toHaveCount(1);
  });

  test.afterEach(() => hub.end());

  test('is checked, found damaged, and mended by another download', async ({ page }) => {
    const row = others(page);
    await choose(page, row, 'Check its files');
    await expect(row).toContainText('Checked: every file is as it came.');

    damage(file);
    await choose(page, row, 'Check its files');
    await expect(row).toContainText('Not as it came:');
    await expect(row).toContainText(FILE);
    await row.getByRole('button', { name: 'Download again: Pocket' }).click();
    await expect.poll(() => same(file, POCKET), 'the file is as it came first').toBe(true);
    await expect(row, 'what was said of the damaged one holds no longer').not.toContainText(
      'Not as it came:',
    );

    await choose(page, row, 'Check its files');
    await expect(row).toContainText('Checked: every file is as it came.');
    await page.getByRole('link', { name: /^Downloads/ }).click();
    await page.getByRole('link', { name: /^Mine/ }).click();
    await expect(row, 'what was read need not be read again').not.toContainText('Checked:');
  });

  test('is deleted, and its bytes are free', async ({ page }) => {
    const row = others(page);
    await row.getByRole('button', { name: 'Load', exact: true }).click();
    await expect(row).toContainText('ready');
    await choose(page, row, 'Delete…');
    const question = page.getByRole('alertdialog', { name: 'Delete Pocket?' });
    await expect(question).toContainText('Its file is deleted for good. That frees 6 MB.');
    await expect(question).toContainText('It is in memory and is unloaded first.');
    await expect(question).toContainText(file);
    await question.getByRole('button', { name: 'Keep it' }).click();
    await expect(question).toBeHidden();
    expect(existsSync(file)).toBe(true);

    await choose(page, row, 'Delete…');
    await question.getByRole('button', { name: 'Delete it' }).click();
    await expect(page.getByText('Pocket was deleted · 6 MB free again')).toBeVisible();
    await expect(row).toHaveCount(0);
    await expect(builtIn(page).getByRole('button', { name: /^More for/ }), 'one can go on').toBeFocused();
    expect(existsSync(file), 'nothing of it is left').toBe(false);

    await openMenu(page, builtIn(page));
    const entry = page.getByRole('menuitem', { name: 'Delete…' });
    await expect(entry).toHaveAttribute('aria-disabled', 'true');
    expect((await entry.textContent())!.length, 'it says why').toBeGreaterThan('Delete…'.length + 5);
  });

  test('is brought up to date when a person asks for it, and not before', async ({ page }) => {
    const newer = join(place, FILE);
    copyFileSync(POCKET, newer);
    damage(newer);
    const answer = await hub.tell<{ commit?: string; error?: string }>({
      update: { repo: REPO, path: FILE, file: newer },
    });
    expect(answer.error).toBeUndefined();
    const asked = async () => (await hub.tell<Report>('report')).requests.length;
    const before = await asked();
    await page.reload();
    await lookAgain(page);
    expect(await asked(), 'nobody asks the hub unless the person does').toBe(before);

    await page.getByRole('button', { name: 'Look for updates' }).click();
    await expect(page.getByText('There is a newer version.')).toBeVisible();
    await page.getByRole('button', { name: /^Pocket: Newer version · / }).click();
    await expect.poll(() => same(file, newer), 'the newer one is in its place').toBe(true);
    await expect(page.getByRole('button', { name: /Newer version/ })).toBeHidden();
    await expect(others(page), 'in its place, not beside it').toHaveCount(1);
    await page.getByRole('button', { name: 'Look for updates' }).click();
    await expect(page.getByText('It is as new as the hub’s.')).toBeVisible();
  });

  test('leads to its card on the hub', async ({ page }) => {
    await choose(page, others(page), 'Show on the hub');
    await expect(page.getByRole('heading', { name: 'Pocket', level: 2 })).toBeVisible();
    await expect(page.getByText('Apache Licence 2.0.')).toBeVisible();
  });

  test('whose newer version nobody can tell says so', async ({ page }) => {
    await hub.tell({
      set: {
        host: 'hub',
        what: { kind: 'too_many', status: 429, seconds: 40, again: 'rate_limit' },
        path: '/api/models',
      },
    });
    await page.getByRole('button', { name: 'Look for updates' }).click();
    await expect(page.getByText(/asks to wait/).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Look for updates' })).toBeEnabled();
  });
});

test.describe('models of other programs', () => {
  let household: Household;

  test.beforeEach(async ({ page, open }) => {
    plantOllama(join(place, 'ollama'));
    plantHuggingFace(join(place, 'hub'));
    plantLmStudio(join(place, 'home'));
    household = await open(script, {
      HOME: join(place, 'home'),
      OLLAMA_MODELS: join(place, 'ollama'),
      HF_HUB_CACHE: join(place, 'hub'),
    });
    await expect(
      page.getByText('3 models found in Ollama, LM Studio and the Hugging Face cache'),
      'the first start offers them',
    ).toBeVisible();
    await tryPocket(page);
    await openMine(page);
  });

  test('are found where these keep them, can be talked to, and stay theirs', async ({ page }) => {
    for (const where of ['in Ollama', 'in LM Studio', 'in the Hugging Face cache']) {
      const row = rows(page).filter({ hasText: where });
      await expect(row).toHaveCount(1);
      await openMenu(page, row);
      const entry = page.getByRole('menuitem', { name: 'Delete…' });
      await expect(entry, where).toHaveAttribute('aria-disabled', 'true');
      await page.keyboard.press('Escape');
    }
    await expect(page.getByText(/^4 models · /)).toBeVisible();
    await expect(page.getByText(/Ollama 6 MB/)).toBeVisible();

    await choose(page, rows(page).filter({ hasText: 'in Ollama' }), 'Chat with it');
    await say(page, 'hello');
    await expect(lastMessage(page)).toContainText('You said');
  });

  test('are left out by a switch, and still are after the next start', async ({ page }) => {
    const path = join(place, 'ollama');
    const row = rows(page).filter({ hasText: 'in Ollama' });
    await folder(page, path).getByRole('switch').click();
    await expect(row).toHaveCount(0);
    await expect(folder(page, path)).toContainText('left out');
    await household.end();
    await page.goto('about:blank');
    await page.goto(await household.start());
    await openMine(page);
    await expect(folder(page, path)).toContainText('left out');
    await expect(row).toHaveCount(0);
    await folder(page, path).getByRole('switch').click();
    await expect(row).toHaveCount(1);
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`keep nobody out of the page, ${theme}`, async ({ page }) => {
      await page.setViewportSize({ width: 1000, height: 700 });
      // Motion would be measured half-way, when words are still faint.
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      const sound = async (where: string) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
        expect.soft(told, where).toEqual([]);
      };
      await expect(rows(page)).toHaveCount(4);
      await choose(page, rows(page).filter({ hasText: 'in Ollama' }), 'Check its files');
      await expect(page.getByText('Checked: every file is as it came.', { exact: true })).toBeVisible();
      await sound('models, mine');
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider, 'nothing is wider than the window').toBe(0);
    });
  }
});

test('models whose disk goes away are remembered, and run again when it is back', async ({ page, open }) => {
  const archive = join(place, 'archive');
  mkdirSync(archive);
  copyFileSync(POCKET, join(archive, FILE));
  await open(script);
  await tryPocket(page);
  await openMine(page);
  await page.getByRole('button', { name: 'Add folder…' }).click();
  await page.getByRole('textbox', { name: 'Path of the folder' }).fill(archive);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const row = others(page);
  await expect(row.getByRole('button', { name: 'Load', exact: true })).toBeVisible();

  renameSync(archive, `${archive}-unplugged`);
  await lookAgain(page);
  await expect(row).toContainText('disk not connected');
  await expect(row.getByRole('button', { name: 'Load', exact: true })).toBeHidden();
  await expect(folder(page, archive)).toContainText('not connected; its model is remembered');
  await page.getByRole('link', { name: 'Chat' }).click();
  await page.keyboard.press('Control+l');
  const picker = page.getByRole('dialog', { name: 'Choose the model of this chat' });
  await expect(picker.getByRole('heading', { name: 'On a disk that is not connected' })).toBeVisible();
  await expect(picker.getByRole('button', { name: /disk not connected/ })).toBeDisabled();
  await page.keyboard.press('Escape');

  await openMine(page);
  await page.getByRole('button', { name: `Stop looking in ${archive}` }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row, 'Undo brings back what was remembered').toContainText('disk not connected');

  renameSync(`${archive}-unplugged`, archive);
  await lookAgain(page);
  await row.getByRole('button', { name: 'Load', exact: true }).click();
  await expect(row).toContainText('ready');
});
