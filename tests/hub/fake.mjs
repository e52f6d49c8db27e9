// A fake of the model hub for a test: two servers of its own, told what to do over its input.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bin = process.env.INGLENOOK_BIN;
if (!bin) throw new Error('INGLENOOK_BIN names the folder with the built programs; make sets it');
const POCKET = join(import.meta.dirname, '../../src-tauri/resources/models/pocket/Pocket-Q8_0.gguf');

/** The fake hub with its catalogue, and with Pocket as a model that really runs. */
export class FakeHub {
  endpoint = '';

  async start() {
    this.process = spawn(join(bin, 'inglenook-fakehub'), ['--real', POCKET], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.answers = createInterface({ input: this.process.stdout });
    const { endpoint } = JSON.parse(await this.line());
    this.endpoint = endpoint;
    return this;
  }

  /** What the fake says next. */
  line() {
    return new Promise((resolve, reject) => {
      this.answers.once('line', resolve);
      this.process.once('exit', (code) => reject(new Error(`the fake hub ended with ${code}`)));
    });
  }

  /** Tells it something, or asks for its report; see the crate `inglenook-testkit`. */
  async tell(order) {
    const answer = this.line();
    this.process.stdin.write(`${JSON.stringify(order)}\n`);
    return JSON.parse(await answer);
  }

  /** It ends with its input. */
  end() {
    this.process?.stdin.end();
  }
}
