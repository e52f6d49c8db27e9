// A fake of the model hub for a test: two servers of its own, told what to do over its input.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const bin = process.env['INGLENOOK_BIN'];
const POCKET = join(import.meta.dirname, '../../src-tauri/resources/models/pocket/Pocket-Q8_0.gguf');

export interface Report {
  /** Every request: who was asked, how, and with what. */
  requests: { host: 'hub' | 'cdn'; path: string; status: number | null }[];
  /** Requests to the content server that carried the token. */
  authorised_on_cdn: number;
}

/** The fake hub with its catalogue, and with Pocket as a model that really runs. */
export class FakeHub {
  endpoint = '';
  private answers: Interface | undefined;
  private process: ChildProcess | undefined;

  async start(): Promise<this> {
    const started = spawn(join(bin!, 'inglenook-fakehub'), ['--real', POCKET], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.process = started;
    this.answers = createInterface({ input: started.stdout! });
    const said = JSON.parse(await this.line()) as { endpoint: string };
    this.endpoint = said.endpoint;
    return this;
  }

  /** What the fake says next. */
  private line(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.answers!.once('line', resolve);
      this.process!.once('exit', (code) => reject(new Error(`the fake hub ended with ${code}`)));
    });
  }

  /** Tells it something; see the crate `inglenook-testkit`. */
  async tell<T = object>(order: object | string): Promise<T> {
    const answer = this.line();
    this.process!.stdin!.write(`${JSON.stringify(order)}\n`);
    return JSON.parse(await answer) as T;
  }

  /** It ends with its input. */
  end(): void {
    this.process?.stdin?.end();
  }
}
