// Takes the pictures of the README from the real window: the first start, a chat, the models, the settings.
import { join } from 'node:path';

import { Window } from './window.mjs';

const ENTER = '\uE007';
const COMPOSER = 'textarea[aria-label="Message"]';
const folder = process.env.INGLENOOK_PICTURES;

const window = new Window();
/** Draws in light and in dark, at the size that a picture is read at. */
async function take(name) {
  for (const [theme, suffix] of [['light', ''], ['dark', '-dark']]) {
    await window.run(`document.documentElement.dataset.theme = '${theme}'`);
    // Two frames: one to lay out, one to paint.
    await window.runAsync('const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))');
    await window.picture(join(folder, `${name}${suffix}.png`));
  }
  await window.run(`document.documentElement.dataset.theme = 'light'`);
}

async function say(text, until) {
  await window.type(COMPOSER, text + ENTER);
  await window.read(until);
}

try {
  await window.open();
  for (const [width, height, suffix] of [[1440, 900, ''], [1000, 700, '-small']]) {
    await window.resize(width, height);
    await window.read('Talk to a model on your own machine.');
    await take(`start${suffix}`);
  }
  await window.resize(1440, 900);
  await window.click('//button[contains(., "Try Pocket")]');
  await say('What is the capital of Norway?', 'Oslo');
  await window.run('location.hash = "#/chat"');
  await say('Make a table: tacos 4, pizza 2, cheese 16', 'cheese');
  await say('Write hello world in Rust.', 'println');
  await say('What is the area of a circle?', 'area of a circle');
  await take('chat');
  await window.resize(1000, 700);
  await take('chat-small');
  await window.resize(1440, 900);
  await window.run('location.hash = "#/models"');
  await window.read('Pocket');
  await take('models');
  await window.run('location.hash = "#/settings/appearance"');
  await window.find('h1, h2');
  await take('settings');
} finally {
  await window.leave();
}
