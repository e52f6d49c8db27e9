// The real window for a test: tauri-driver starts the application, WebKitWebDriver drives its page. A client of the
// few WebDriver commands that the journeys need.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = process.env.INGLENOOK_BIN;
if (!bin) throw new Error('INGLENOOK_BIN names the folder with the built programs; `make desktop` sets it');

/** How W3C WebDriver names an element in JSON. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Longer than anything takes on a busy machine, milliseconds. */
const PATIENCE = 60_000;

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The application's window with a home of its own. */
export class Window {
  folder = mkdtempSync(join(tmpdir(), 'inglenook-desktop-'));
  home = join(this.folder, 'home');
  /** Set before the first opening. */
  environment = {};

  /** Starts the driver and opens the window, of this size the next time and every time after. */
  async open(size) {
    if (size) this.remember(size);
    if (!this.driver) await this.startDriver();
    const capabilities = { alwaysMatch: { 'tauri:options': { application: join(bin, 'inglenook') } } };
    const session = await this.ask('POST', '/session', { capabilities });
    this.session = `/session/${session.sessionId}`;
  }

  /**
   * Writes down a size where the window remembers its own. WebDriver's own command waits for ever for a window
   * manager's word, and there is no window manager under Xvfb (seen with WebKitWebDriver 2.50).
   */
  remember([width, height]) {
    this.size = [width, height];
    const place = {
      x: 0,
      y: 0,
      prev_x: 0,
      prev_y: 0,
      maximized: false,
      fullscreen: false,
      visible: true,
      decorated: true,
    };
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.home, 'window.json'), JSON.stringify({ main: { width, height, ...place } }));
  }

  async startDriver() {
    const [port, native] = [await freePort(), await freePort()];
    this.address = `http://127.0.0.1:${port}`;
    const person = join(this.folder, 'person');
    mkdirSync(person, { recursive: true });
    // Nobody is there: no test asks anybody outside of this machine, nor finds the models that other programs keep.
    const env = {
      ...process.env,
      HOME: person,
      OLLAMA_MODELS: undefined,
      HF_HOME: undefined,
      HF_HUB_CACHE: undefined,
      XDG_CACHE_HOME: undefined,
      INGLENOOK_HOME: this.home,
      HF_ENDPOINT: 'http://127.0.0.1:9',
      ...this.environment,
    };
    const words = ['--port', String(port), '--native-port', String(native)];
    // A process group of its own: ending it ends the web driver and a window that a failed test left open.
    this.driver = spawn('tauri-driver', words, {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    await until('the driver to listen', () => fetch(`${this.address}/status`).then((answer) => answer.ok));
  }

  async ask(method, path, body) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.address + path, { method, headers, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  /** Runs a function's body in the page. */
  run(script, ...args) {
    return this.ask('POST', `${this.session}/execute/sync`, { script, args });
  }

  /** Runs a function's body in the page that calls its last argument back. */
  runAsync(script, ...args) {
    return this.ask('POST', `${this.session}/execute/async`, { script, args });
  }

  /** Waits for an element by CSS selector, or by XPath when it begins with a slash. */
  async find(selector) {
    const using = selector.startsWith('/') ? 'xpath' : 'css selector';
    const look = () => this.ask('POST', `${this.session}/element`, { using, value: selector });
    return (await until(`“${selector}” to be in the window`, look))[ELEMENT];
  }

  async click(selector) {
    const element = await this.find(selector);
    await this.ask('POST', `${this.session}/element/${element}/click`, {});
  }

  /** Types text; `\uE007` is Enter. */
  async type(selector, text) {
    const element = await this.find(selector);
    await this.ask('POST', `${this.session}/element/${element}/value`, { text });
  }

  /** All the text that can be read in the window. */
  text() {
    return this.run('return document.body.innerText');
  }

  /** Waits until some text can be read in the window. */
  async read(text) {
    await until(`“${text}” to be read in the window`, async () => (await this.text()).includes(text));
  }

  /**
   * Writes a picture of the window, taken from the X server with ImageMagick: WebDriver's own picture now and then
   * never comes (WebKitWebDriver 2.50 under Xvfb).
   */
  picture(file) {
    const [width, height] = this.size;
    execFileSync('import', ['-window', 'root', '-crop', `${width}x${height}+0+0`, '+repage', file]);
  }

  /** Closes the window in order. */
  async close() {
    await this.ask('DELETE', this.session);
    this.session = undefined;
  }

  /** Ends everything that was started and throws the home away. */
  async leave() {
    if (this.session) await this.close().catch(() => undefined);
    if (this.driver && this.driver.exitCode === null) {
      const ended = once(this.driver, 'exit');
      process.kill(-this.driver.pid, 'SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks again until the answer is true; what it waits for stands in the failure. */
export async function until(what, ask) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${PATIENCE} ms for ${what}`, { cause: last });
}
