// From a search to an answer: a model is found on the hub, seen to fit, fetched with a pause in between, and asked.
import { expect, lastMessage, say, test, tryPocket } from './household';
import { FakeHub, type Report } from '../hub/fake.mjs';

let hub: FakeHub;

test.beforeEach(async () => {
  hub = await new FakeHub().start();
});

test.afterEach(() => hub.end());

test('a model is found, fits, is fetched with a pause, and answers', async ({ page, open }) => {
  await open(undefined, { HF_ENDPOINT: hub.endpoint });
  await tryPocket(page);
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('searchbox', { name: 'Search models on the hub' }).fill('pocket');
  const row = page.getByRole('option', { name: /^Pocket/ });
  await row.click();

  await expect(page.getByRole('heading', { name: 'Pocket', level: 2 })).toBeVisible();
  await expect(page.getByText('Apache Licence 2.0.')).toBeVisible();
  await expect(page.getByText('Fits', { exact: true })).toBeVisible();
  await expect(page.getByText(/needs .* free/)).toBeVisible();

  // A connection that leaves time to pause.
  await hub.tell({ throttle: 1_500_000 });
  await page.getByRole('button', { name: /^Download/ }).click();
  await page.getByRole('link', { name: /^Downloads/ }).click();
  const download = page.getByRole('progressbar', { name: /Pocket/ });
  await expect(download).toHaveAttribute('aria-valuenow', /^[1-9]/);
  await page.getByRole('button', { name: /^Pause Pocket/ }).click();
  await expect(page.getByText('paused')).toBeVisible();
  await hub.tell({ throttle: 0 });
  await page.getByRole('button', { name: /^Go on with Pocket/ }).click();
  await page.getByRole('button', { name: 'Chat with Pocket · Q8_0' }).click();
  await say(page, 'What is the capital of Norway?');
  await expect(lastMessage(page)).toContainText('The capital of Norway is Oslo.');

  const report = await hub.tell<Report>('report');
  expect(report.authorised_on_cdn, 'the content server is shown no token').toBe(0);
});

test('what the hub refuses is said in words, and what is switched off is not asked', async ({
  page,
  open,
}) => {
  await open(undefined, { HF_ENDPOINT: hub.endpoint });
  await tryPocket(page);
  await hub.tell({
    set: {
      host: 'hub',
      what: { kind: 'too_many', status: 429, seconds: 40, again: 'rate_limit' },
      path: '/api/models',
    },
  });
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('searchbox', { name: 'Search models on the hub' }).fill('qwen');
  // What follows is about this search, not about the list that stood there before.
  await expect(page.getByText('Recommended for this machine')).toBeHidden();
  await expect(page.getByText(/asks to wait/).first()).toBeVisible();
  await expect(page.getByText(/Tries again in \d+/).first()).toBeVisible();
  await hub.tell('clear');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByRole('option', { name: /Qwen.*downloads/ }).first()).toBeVisible();

  await page.evaluate(() => (location.hash = '#/settings/privacy'));
  await expect(page.getByText('Search for “qwen”').first()).toBeVisible();
});
