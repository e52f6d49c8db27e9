// The token of the hub, in a real keyring: `scripts/e2e.sh` opens one for these journeys.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { FakeHub, type Report } from '../hub/fake.mjs';
import { expect, fetchPocket, test, tryPocket } from './household';

const SECRET = 'hf_reader';

let hub: FakeHub;

test.beforeEach(async () => {
  hub = await new FakeHub().start();
});

test.afterEach(() => hub.end());

async function openPrivacy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Privacy' }).click();
  await expect(page.getByPlaceholder('Paste a token: hf_…')).toBeVisible();
}

/** Everything in a folder, as bytes. */
function allIn(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}

test('is kept by the system, shown to the hub alone, and forgotten', async ({ page, open }) => {
  const household = await open({ answers: [] }, { HF_ENDPOINT: hub.endpoint });
  await tryPocket(page);
  await openPrivacy(page);
  await expect(page.getByText('No token is kept', { exact: true })).toBeVisible();

  await page.getByPlaceholder('Paste a token: hf_…').fill('hf_nonsense');
  await page.getByRole('button', { name: 'Try and keep it' }).click();
  await expect(page.getByPlaceholder('Paste a token: hf_…')).toHaveAttribute('aria-invalid', 'true');

  await page.getByPlaceholder('Paste a token: hf_…').fill(SECRET);
  await page.getByRole('button', { name: 'Try and keep it' }).click();
  await expect(page.getByText('Belongs to ada · Kept in the system’s keyring')).toBeVisible();

  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await openPrivacy(page);
  await expect(page.getByText('Kept in the system’s keyring')).toBeVisible();
  const kept = allIn(join(household.folder, 'home')).filter((bytes) => bytes.includes(SECRET));
  expect(kept, 'no file of ours holds it').toEqual([]);

  // Pocket's content comes from the other server.
  await fetchPocket(page);
  const report = await hub.tell<Report>('report');
  expect(report.authorised_on_cdn, 'the content server is shown no token').toBe(0);

  await openPrivacy(page);
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget it' }).click();
  await expect(page.getByText('No token is kept', { exact: true })).toBeVisible();
  await household.end();
  await page.goto('about:blank');
  await page.goto(await household.start());
  await openPrivacy(page);
  await expect(page.getByText('No token is kept', { exact: true })).toBeVisible();
});
