// Figures of the real window: from the start of the process to the first paint, memory at rest, and the page's own
// figures in WebKitGTK. usage: node window.mjs, with INGLENOOK_BIN set, under Xvfb and a bus.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until, Window } from '../desktop/window.mjs';
import * as page from './page.mjs';

const bin = process.env.INGLENOOK_BIN;
const print = (line) => process.stdout.write(`${line}\n`);

function scripted(window) {
  const engines = join(window.folder, 'engines');
  mkdirSync(engines, { recursive: true });
  copyFileSync(join(bin, 'inglenook-scripted-worker'), join(engines, 'inglenook-llamacpp'));
  const file = join(window.folder, 'script.json');
  writeFileSync(file, JSON.stringify(page.script));
  window.environment = { INGLENOOK_ENGINE_DIR: engines, INGLENOOK_SCRIPT: file };
}

/** The processes of one home: the shell and the web view's helpers, by what their environment says. */
function processesOf(home) {
  const ours = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`INGLENOOK_HOME=${home}\0`);
    } catch {
      return false;
    }
  };
  const name = (pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  const wanted = /^(inglenook|WebKit)/;
  return readdirSync('/proc').filter(
    (entry) => /^\d+$/.test(entry) && ours(entry) && wanted.test(name(entry)),
  );
}

/** Bytes that belong to these processes alone or in shares (PSS), in MB. */
function memoryMb(pids) {
  const pss = (pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  return pids.reduce((sum, pid) => sum + pss(pid), 0) / 1000;
}

/** When a process began, milliseconds since 1970. */
function startOf(pid) {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19]);
  const hertz = Number(execFileSync('getconf', ['CLK_TCK']).toString());
  const boot = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))[1]) * 1000;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  // `btime` has whole seconds only; the uptime beside the clock gives the boot to the millisecond.
  const exact = Date.now() - uptime;
  return (Math.abs(exact - boot) < 2000 ? exact : boot) + (ticks / hertz) * 1000;
}

async function firstPaint() {
  const window = new Window();
  try {
    await window.open();
    await window.read('Talk to a model on your own machine.');
    const shell = processesOf(window.home).find((pid) =>
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('inglenook'),
    );
    const painted = await until('the first paint', () =>
      window.run(`const paint = performance.getEntriesByName('first-contentful-paint')[0];
        return paint && performance.timeOrigin + paint.startTime;`),
    );
    return { paint: painted - startOf(shell), memory: memoryMb(processesOf(window.home)) };
  } finally {
    await window.leave();
  }
}

async function inALongChat() {
  const window = new Window();
  try {
    scripted(window);
    execFileSync(join(bin, 'fill-home'), [window.home, String(page.MESSAGES)]);
    await window.open();
    await window.click('//button[contains(., "Try Pocket")]');
    await window.find('textarea[placeholder^="Message Pocket"]');
    const title = 'Question 0: how does this go on?';
    await window.find(`//*[normalize-space(text())="${title}"]`);
    const opened = await window.runAsync(page.OPEN, title, page.MESSAGES);
    await window.run(page.BEGIN);
    await window.type('textarea[aria-label="Message"]', 'go on\uE007');
    await window.find('button[aria-label="Stop the answer"]');
    const echoes = [];
    for (let letter = 0; letter < 20; letter++) echoes.push(await window.runAsync(page.ECHO));
    await window.run(page.CLEAR);
    await window.find('button[aria-label="Stop the answer"]');
    await window.ask('POST', `${window.session}/timeouts`, { script: 120_000 });
    await window.runAsync(page.WHOLE);
    const figures = await window.run(page.END);
    page.requireWhole(figures);
    return { opened, echo: page.median(echoes), ...figures };
  } finally {
    await window.leave();
  }
}

const starts = [];
for (let run = 0; run < 5; run++) starts.push(await firstPaint());
print('The window (WebKitGTK under Xvfb, software rendering)');
print(
  page.row(
    'start to first paint, median of 5',
    page.milliseconds(page.median(starts.map((s) => s.paint))),
    '< 1,000 ms',
  ),
);
print(
  page.row(
    'memory at rest, all processes (PSS)',
    `${page.median(starts.map((s) => s.memory)).toFixed(0)} MB`,
    '',
  ),
);
const long = await inALongChat();
print(page.row(`opening a chat of ${page.MESSAGES} messages`, page.milliseconds(long.opened), '< 300 ms'));
for (const row of page.frameRows(long, '< 33 ms')) print(row);
print(page.row('typed letter to its frame, median of 20', page.milliseconds(long.echo), '< 50 ms'));
