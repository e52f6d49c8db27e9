// Takes pictures of the real window, in both themes and at two sizes: the first start, a chat, a model on
// the hub, downloads, the models, the settings. Those of the README are among them.
import { join } from 'node:path';

import { FakeHub } from '../hub/fake.mjs';
import { Window } from './window.mjs';

const ENTER = '\uE007';
const COMPOSER = 'textarea[aria-label="Message"]';
const SEARCH = 'input[type=search]';
const folder = process.env.INGLENOOK_PICTURES;

/** Between a change and its picture, milliseconds: a slow machine has painted by then. */
const PAINTED = 500;
/** Colours change at once, so that no picture is taken half-way between two themes. */
const STILL = `
  if (document.querySelector('style.still')) return;
  const style = document.createElement('style');
  style.className = 'still';
  style.textContent = '* { transition: none !important; animation: none !important; }';
  document.head.append(style);
`;

/** One picture in the light and one in the dark. */
async function take(window, name) {
  await window.run(STILL);
  for (const theme of ['dark', 'light']) {
    await window.run(`document.documentElement.dataset.theme = '${theme}'`);
    await new Promise((painted) => setTimeout(painted, PAINTED));
    window.picture(join(folder, theme === 'dark' ? `${name}-dark.png` : `${name}.png`));
  }
}

async function say(window, text, answer) {
  await window.type(COMPOSER, text + ENTER);
  await window.read(answer);
}

/** From the search to the models of this machine. */
async function models(window, hub, suffix) {
  await window.run('location.hash = "#/models/discover"');
  await window.read('Recommended for this machine');
  await window.type(SEARCH, 'qwen3');
  // The recommended ones stood there before.
  await window.read('62 k downloads');
  await window.click('//*[@role="option"][contains(., "Qwen3 4B")]');
  await window.read('needs');
  await take(window, `discover${suffix}`);
  await window.click('button[aria-label="Clear the search"]');
  await window.type(SEARCH, 'pocket');
  await window.click('//*[@role="option"][contains(., "Pocket")]');
  await window.read('inglenook · 6 M');
  await hub.tell({ throttle: 40_000 });
  await window.click('//button[contains(normalize-space(.), "Download")]');
  await window.run('location.hash = "#/models/downloads"');
  await window.find('[role=progressbar]');
  await take(window, `downloads${suffix}`);
  await hub.tell({ throttle: 0 });
  await window.find('button[aria-label^="Chat with Pocket"]');
  await window.run('location.hash = "#/models/mine"');
  await window.read('Look for updates');
  await take(window, `models${suffix}`);
}

/** What programs ask, as the local server shows it. */
async function server(window, suffix) {
  await window.run('location.hash = "#/server"');
  await window.click('button[role=switch]');
  await window.read('Running');
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(await window.text());
  await fetch(`${address}/v1/models`);
  for (const [model, content] of [
    ['pocket', 'What is the capital of Norway?'],
    ['gpt-4o', 'Hello'],
    ['pocket', 'What is 7 + 8?'],
  ]) {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content }] });
    await fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  }
  await window.read('gpt-4o');
  await take(window, `server${suffix}`);
}

async function pictures(hub, size, suffix) {
  const window = new Window();
  window.environment = { HF_ENDPOINT: hub.endpoint };
  try {
    await window.open(size);
    await window.read('Talk to a model on your own machine.');
    await take(window, `start${suffix}`);
    await window.click('//button[contains(., "Try Pocket")]');
    await say(window, 'What is the capital of Norway?', 'Oslo');
    await window.run('location.hash = "#/chat"');
    await say(window, 'Make a table: tacos 4, pizza 2, cheese 16', 'cheese');
    await say(window, 'Write hello world in Rust.', 'println');
    await say(window, 'What is the area of a circle?', 'radius');
    await window.find('.katex');
    await take(window, `chat${suffix}`);
    // Before another Pocket is fetched, for then they would be told apart by longer names.
    await server(window, suffix);
    await models(window, hub, suffix);
    await window.run('location.hash = "#/settings/appearance"');
    await window.find('h1, h2');
    await take(window, `settings${suffix}`);
    await window.run('location.hash = "#/settings/hardware"');
    await window.read('Graphics');
    await take(window, `hardware${suffix}`);
  } finally {
    await window.leave();
  }
}

const hub = await new FakeHub().start();
try {
  await pictures(hub, [1440, 900], '');
  await pictures(hub, [1000, 700], '-small');
} finally {
  hub.end();
}
