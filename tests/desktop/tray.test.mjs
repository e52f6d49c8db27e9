// Serving without a window: the icon in the tray, the start at login, and the end of both.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { freePort, until } from './window.mjs';

const bin = process.env.INGLENOOK_BIN;
const X11 = new URL('x11.py', import.meta.url).pathname;

/** How many windows of the application are on the screen. */
const windows = () =>
  Number(execFileSync('python3', ['-B', X11, 'count', 'Inglenook'], { encoding: 'utf8' }));
const closeWindow = () => execFileSync('python3', ['-B', X11, 'close', 'Inglenook']);

/** A desktop's tray, asked line by line. */
class Tray {
  async open() {
    this.process = spawn(join(bin, 'desktop-tray'), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    assert.equal(JSON.parse((await this.lines.next()).value), 'ready');
    return this;
  }

  async ask(what) {
    this.process.stdin.write(`${JSON.stringify(what)}\n`);
    const answer = JSON.parse((await this.lines.next()).value);
    if (answer?.error) throw new Error(answer.error);
    return answer;
  }

  async close() {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    await ended;
  }
}

/** The application with a home of its own, started as a desktop starts it: nobody drives its page. */
class Application {
  folder = mkdtempSync(join(tmpdir(), 'inglenook-tray-'));
  home = join(this.folder, 'home');

  /** Sets the server before the first start. */
  async set(server) {
    this.port = await freePort();
    mkdirSync(this.home, { mode: 0o700 });
    writeFileSync(
      join(this.home, 'settings.json'),
      JSON.stringify({ server: { port: this.port, ...server } }),
    );
    return this;
  }

  get environment() {
    const person = join(this.folder, 'person');
    return {
      ...process.env,
      HOME: person,
      XDG_CONFIG_HOME: join(person, 'config'),
      INGLENOOK_HOME: this.home,
    };
  }

  start(...words) {
    const started = spawn(join(bin, 'inglenook'), words, { env: this.environment, stdio: 'ignore' });
    this.process ??= started;
    return started;
  }

  /** Whether programs are answered. */
  async serves() {
    return fetch(`http://127.0.0.1:${this.port}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** Whether the process is gone, and in order. */
  ended() {
    return this.process.exitCode === 0;
  }

  async leave() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function withTray(journey) {
  const tray = await new Tray().open();
  const application = new Application();
  try {
    await journey(application, tray);
  } finally {
    await application.leave();
    await tray.close();
  }
}

test('the window is closed, programs are still served, and the icon brings the window back', () =>
  withTray(async (application, tray) => {
    await application.set({ start_with_app: true });
    application.start();
    await until('the window to open', () => windows() === 1);
    await until('the icon to be in the tray', async () => (await tray.ask('icons')) === 1);
    const [line, ...choices] = await tray.ask('menu');
    assert.equal(line, `Serving at 127.0.0.1:${application.port}`);
    assert.deepEqual(choices, ['Open Inglenook', 'Stop the server', 'Quit Inglenook']);

    closeWindow();
    await until('the window to be gone', () => windows() === 0);
    assert.ok(await application.serves(), 'programs do not notice');

    await tray.ask('click');
    await until('the window to be back', () => windows() === 1);
    closeWindow();
    await until('the window to be gone again', () => windows() === 0);

    await tray.ask({ choose: 'Stop the server' });
    await until('the application to end, for nothing is left to do', () => application.ended());
    assert.equal(await tray.ask('icons'), 0);
  }));

test('a second start brings the window back too, and the icon ends everything', () =>
  withTray(async (application, tray) => {
    await application.set({ start_with_app: true });
    application.start();
    await until('the window to open', () => windows() === 1);
    await until('the icon to be in the tray', async () => (await tray.ask('icons')) === 1);
    closeWindow();
    await until('the window to be gone', () => windows() === 0);
    const [code] = await once(application.start(), 'exit');
    assert.equal(code, 0, 'the second start hands over');
    await until('the window to be back', () => windows() === 1);
    await tray.ask({ choose: 'Quit Inglenook' });
    await until('the application to end', () => application.ended());
  }));

test('without a server, or where it is to end with the window, closing the window is the end', async () => {
  for (const server of [{}, { start_with_app: true, keep_serving: false }]) {
    await withTray(async (application) => {
      await application.set(server);
      application.start();
      await until('the window to open', () => windows() === 1);
      if (server.start_with_app) await until('the server to answer', () => application.serves());
      closeWindow();
      await until('the application to end', () => application.ended());
    });
  }
});

test('where there is no tray, closing the window is the end: nothing runs that cannot be seen', async () => {
  const application = await new Application().set({ start_with_app: true });
  try {
    application.start();
    await until('the window to open', () => windows() === 1);
    await until('the server to answer', () => application.serves());
    closeWindow();
    await until('the application to end', () => application.ended());
  } finally {
    await application.leave();
  }
});

test('at login it starts in the tray, with the server on and no window', () =>
  withTray(async (application, tray) => {
    await application.set({});
    application.start('--background');
    await until('the icon to be in the tray', async () => (await tray.ask('icons')) === 1);
    await until('the server to answer', () => application.serves());
    assert.equal(windows(), 0);
    await tray.ask({ choose: 'Open Inglenook' });
    await until('the window to open', () => windows() === 1);
    const [code] = await once(application.start('--background'), 'exit');
    assert.equal(code, 0, 'a second start at login changes nothing');
    assert.equal(windows(), 1);
    await tray.ask({ choose: 'Quit Inglenook' });
    await until('the application to end', () => application.ended());
  }));

test('at login without a tray it is found as a window', async () => {
  const application = await new Application().set({});
  try {
    application.start('--background');
    await until('the server to answer', () => application.serves());
    await until('the window to be there', () => windows() === 1);
  } finally {
    await application.leave();
  }
});
