// The real window, from a search to an answer: a model is found on the hub, seen to fit, fetched with a pause in
// between, and asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeHub } from '../hub/fake.mjs';
import { until, Window } from './window.mjs';

const ENTER = '\uE007';
const COMPOSER = 'textarea[aria-label="Message"]';
const button = (words) => `//button[contains(normalize-space(.), "${words}")]`;
const named = (label) => `button[aria-label^="${label}"]`;

test('search, card, fit, download with pause and go on, load, answer', async () => {
  const hub = await new FakeHub().start();
  const window = new Window();
  window.environment = { HF_ENDPOINT: hub.endpoint };
  try {
    await window.open([1180, 780]);
    await window.click(button('Try Pocket'));
    await window.find(COMPOSER);
    await window.run('location.hash = "#/models/discover"');
    await window.type('input[type=search]', 'pocket');
    await window.click('//*[@role="option"][starts-with(@aria-label, "Pocket") or contains(., "Pocket")]');
    await window.read('Apache Licence 2.0.');
    await window.read('Fits');
    assert.match(await window.text(), /needs [\d.,]+ .B/, 'the numbers stand beside the verdict');

    // A connection that leaves time to pause.
    await hub.tell({ throttle: 1_500_000 });
    await window.click(button('Download'));
    await window.run('location.hash = "#/models/downloads"');
    const done = () =>
      window.run(
        'return Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow"))',
      );
    await until('some of it to be here', async () => (await done()) > 0);
    await window.click(named('Pause Pocket'));
    await window.read('paused');
    await hub.tell({ throttle: 0 });
    await window.click(named('Go on with Pocket'));
    await window.click(named('Chat with Pocket'));
    await window.type(COMPOSER, `What is the capital of Norway?${ENTER}`);
    await window.read('The capital of Norway is Oslo.');

    const report = await hub.tell('report');
    assert.equal(report.authorised_on_cdn, 0, 'the content server is shown no token');
  } finally {
    await window.leave();
    hub.end();
  }
});
