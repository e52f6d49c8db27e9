// The application for a test: a home of its own, a host process of its own, ended by its process number.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test as base, type Page } from '@playwright/test';

const bin = process.env['INGLENOOK_BIN'];
if (!bin) throw new Error('INGLENOOK_BIN names the folder with the built programs; `make e2e` sets it');

/** What the scripted worker plays; see the crate `inglenook-engine`, module `scripted`. */
export type Script = object;

/** The application with one home. */
export class Household {
  readonly folder = mkdtempSync(join(tmpdir(), 'inglenook-e2e-'));
  /** Where other programs keep what is the person's. */
  readonly person = join(this.folder, 'person');
  private host: ChildProcess | undefined;
  private printed = '';

  /** With a script the scripted worker stands in for the engine; without, the real one answers. */
  constructor(
    private readonly script?: Script,
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {}

  /** Starts the host and returns the address it prints. */
  async start(): Promise<string> {
    mkdirSync(this.person, { recursive: true });
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      INGLENOOK_HOME: join(this.folder, 'home'),
      // Nobody is there: no test asks anybody outside of this machine.
      HF_ENDPOINT: 'http://127.0.0.1:9',
      // Nor does a test find the models that other programs keep for whoever runs it.
      HOME: this.person,
      OLLAMA_MODELS: undefined,
      HF_HOME: undefined,
      HF_HUB_CACHE: undefined,
      XDG_CACHE_HOME: undefined,
      ...this.environment,
    };
    if (this.script) Object.assign(env, this.scriptedEngine(this.script));
    const host = spawn(join(bin!, 'inglenook-webhost'), [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.host = host;
    return new Promise((resolve, reject) => {
      this.printed = '';
      host.stdout.on('data', (piece: Buffer) => {
        this.printed += piece.toString();
        const address = this.address();
        if (address) resolve(address);
      });
      host.on('exit', (code) =>
        reject(new Error(`the host ended with ${code} before it printed its address`)),
      );
    });
  }

  /** The address printed last: each one opens the application once. */
  address(): string | undefined {
    return this.printed.match(/http:\/\/\S+(?=\s)/g)?.at(-1);
  }

  private scriptedEngine(script: Script): NodeJS.ProcessEnv {
    const engines = join(this.folder, 'engines');
    const file = join(this.folder, 'script.json');
    mkdirSync(engines, { recursive: true });
    for (const engine of ['inglenook-llamacpp', 'inglenook-mistralrs']) {
      const worker = join(engines, engine);
      if (!existsSync(worker)) copyFileSync(join(bin!, 'inglenook-scripted-worker'), worker);
    }
    writeFileSync(file, JSON.stringify(script));
    return { INGLENOOK_ENGINE_DIR: engines, INGLENOOK_SCRIPT: file };
  }

  /** Ends the host: in order, or as a crash or a power cut would. */
  async end(how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const host = this.host;
    this.host = undefined;
    if (!host || host.exitCode !== null) return;
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill(how);
    await ended;
  }

  /** Ends the host and throws the home away. */
  async leave(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Opens the application in the page. */
type Open = (script?: Script, environment?: NodeJS.ProcessEnv) => Promise<Household>;

/** A test with a way to open the application. */
export const test = base.extend<{ open: Open }>({
  open: async ({ page }, use) => {
    const households: Household[] = [];
    await use(async (script, environment) => {
      const household = new Household(script, environment);
      households.push(household);
      await page.goto(await household.start());
      return household;
    });
    for (const household of households) await household.leave();
  },
});

export { expect } from '@playwright/test';

/** From the first start into a chat with the built-in model. */
export async function tryPocket(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Try Pocket/ }).click();
  await composer(page).waitFor();
}

/** Searches the (fake) hub for Pocket, and fetches it. */
export async function fetchPocket(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('link', { name: 'Discover' }).click();
  await page.getByRole('searchbox', { name: 'Search models on the hub' }).fill('pocket');
  await page.getByRole('option', { name: /^Pocket/ }).click();
  await page.getByRole('button', { name: /^Download/ }).click();
  await page.getByRole('link', { name: /^Downloads/ }).click();
  await page.getByRole('button', { name: 'Chat with Pocket · Q8_0' }).waitFor();
}

/** The field where a person writes. */
export function composer(page: Page) {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

/** Writes and sends. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** The last message in sight. What a screen reader is told of an answer stands elsewhere too. */
export function lastMessage(page: Page) {
  return page.getByRole('article').last();
}
