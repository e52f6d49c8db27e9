// The real window: the first start, an answer, a stop, a restart, and hostile text in WebKit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import typescript from 'typescript';

import { until, Window } from './window.mjs';

const ENTER = '\uE007';
const COMPOSER = 'textarea[aria-label="Message"]';
const TRY_POCKET = '//button[contains(., "Try Pocket")]';

/** Puts the scripted worker in the place of the engines for windows that are opened from now on. */
function scripted(window, script) {
  const engines = join(window.folder, 'engines');
  mkdirSync(engines, { recursive: true });
  for (const engine of ['inglenook-llamacpp', 'inglenook-mistralrs']) {
    copyFileSync(join(process.env.INGLENOOK_BIN, 'inglenook-scripted-worker'), join(engines, engine));
  }
  writeFileSync(join(window.folder, 'script.json'), JSON.stringify(script));
  window.environment = {
    INGLENOOK_ENGINE_DIR: engines,
    INGLENOOK_SCRIPT: join(window.folder, 'script.json'),
  };
}

async function inWindow(journey, script) {
  const window = new Window();
  try {
    if (script) scripted(window, script);
    await window.open();
    await journey(window);
  } finally {
    await window.leave();
  }
}

test('first start, Pocket, an answer, a restart, and the chat is still there', () =>
  inWindow(async (window) => {
    await window.read('Talk to a model on your own machine.');
    await window.click(TRY_POCKET);
    await window.type(COMPOSER, `What is the capital of Norway?${ENTER}`);
    await window.read('The capital of Norway is Oslo.');
    await window.close();

    await window.open();
    await window.click('//*[normalize-space(text())="What is the capital of Norway?"]');
    await window.read('The capital of Norway is Oslo.');
  }));

test('an answer is stopped in the window and keeps its words', () =>
  inWindow(
    async (window) => {
      await window.click(TRY_POCKET);
      await window.type(COMPOSER, `slow${ENTER}`);
      await window.read('word word word');
      await window.click('button[aria-label="Stop the answer"]');
      await until('the stop to be over', async () =>
        window.run('return document.querySelector("button[aria-label=\'Stop the answer\']") === null'),
      );
      assert.match(await window.text(), /word word word/, 'what was said stays');
    },
    { answers: [{ when: '', steps: [{ tok_s: 40 }, { text: 'word '.repeat(5000) }] }] },
  ));

test('a second start shows the first window and opens no data twice', () =>
  inWindow(async (window) => {
    await window.read('Talk to a model on your own machine.');
    const second = spawn(join(process.env.INGLENOOK_BIN, 'inglenook'), {
      env: { ...process.env, INGLENOOK_HOME: window.home },
      stdio: 'ignore',
    });
    const [code] = await once(second, 'exit');
    assert.equal(code, 0, 'the second start hands over to the first and ends in order');
    assert.match(await window.text(), /Talk to a model/, 'the first window is as it was');
  }));

/** The payloads that the page's own unit tests use; TypeScript, which Node 20 does not read by itself. */
async function corpus() {
  const source = readFileSync(new URL('../../ui/src/render/corpus.ts', import.meta.url), 'utf8');
  const { outputText } = typescript.transpileModule(source, {
    compilerOptions: { module: 'ESNext', target: 'ES2022' },
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);
  return module.CORPUS;
}

/** What of hostile text became more than text; empty if nothing did. */
const WHAT_CAME_ALIVE = `
  const alive = window.__pwned ? ['a payload ran'] : [];
  for (const element of document.querySelectorAll('[role=article], article')) {
    for (const inner of element.querySelectorAll('*')) {
      for (const { name, value } of inner.attributes) {
        if (/^on/i.test(name) || /^\\s*(javascript|vbscript):/i.test(value)) alive.push(name + '=' + value);
      }
    }
    const foreign = 'script, iframe, object, embed, form, base, meta, link, style, foreignObject';
    for (const inner of element.querySelectorAll(foreign)) alive.push(inner.outerHTML.slice(0, 80));
    for (const image of element.querySelectorAll('img')) if (/^https?:/.test(image.src)) alive.push(image.src);
  }
  return alive.concat(/^tauri:\\/\\/localhost[/#]/.test(location.href) ? [] : [location.href]);
`;

test('hostile text is drawn as text in WebKit', async () => {
  const payloads = await corpus();
  assert.ok(payloads.length > 50, 'there is a corpus to draw');
  // Each payload is an answer of its own: one that never closes its fence must not cover the next.
  const answers = payloads.map(({ text }, index) => ({ when: `payload ${index};`, steps: [{ text }] }));
  await inWindow(
    async (window) => {
      await window.click(TRY_POCKET);
      for (const [index, { name }] of payloads.entries()) {
        await window.type(COMPOSER, `payload ${index};${ENTER}`);
        await until(`the answer with “${name}” to be whole`, () =>
          window.run(
            `return document.querySelector('article[aria-posinset="${2 * index + 2}"] button[aria-label="Regenerate"]') !== null`,
          ),
        );
        assert.deepEqual(await window.run(WHAT_CAME_ALIVE), [], `“${name}” is text and nothing more`);
      }
    },
    { answers },
  );
});
