// The pool's promises: newest wins, order kept, a dead or hanging worker costs nothing but time.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RenderPool, type WorkerLike } from './pool';
import type { Rendered, RenderJob } from './types';
import type { WorkerAnswer } from './worker';

class ScriptedWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<WorkerAnswer>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  jobs: RenderJob[] = [];
  ended = false;

  postMessage(job: RenderJob): void {
    this.jobs.push(job);
  }

  terminate(): void {
    this.ended = true;
  }

  answer(job: RenderJob): void {
    this.onmessage?.(new MessageEvent('message', { data: { id: job.id, rendered: rendered(job) } }));
  }
}

const rendered = (job: RenderJob): Rendered => ({
  blocks: [{ kind: 'html', key: '0', html: `<p>${job.text}</p>` }],
  math: false,
});

const job = (id: string, text: string, streaming = false): RenderJob => ({ id, text, streaming });

let workers: ScriptedWorker[];
let here: RenderJob[];
let pool: RenderPool;

beforeEach(() => {
  vi.useFakeTimers();
  workers = [];
  here = [];
  pool = new RenderPool({
    startWorker: () => {
      const worker = new ScriptedWorker();
      workers.push(worker);
      return worker;
    },
    renderHere: (work) => {
      here.push(work);
      return Promise.resolve(rendered(work));
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const posted = (): RenderJob[] => workers.flatMap((worker) => worker.jobs);

describe('the render pool', () => {
  it('starts no more than two workers', () => {
    for (let index = 0; index < 20; index += 1) void pool.render(job(`m${index}`, 'x'));
    expect(workers.length).toBeLessThanOrEqual(2);
    expect(posted().length, 'one job a worker').toBe(workers.length);
  });

  it('uses the workers that were started ahead', () => {
    pool.warm();
    expect(workers).toHaveLength(2);
    void pool.render(job('m', 'x'));
    expect(workers, 'and no others').toHaveLength(2);
    expect(posted()).toHaveLength(1);
  });

  it('drops all but the newest job of a message', async () => {
    const first = pool.render(job('m', 'a', true));
    const second = pool.render(job('m', 'ab', true));
    const third = pool.render(job('m', 'abc', true));
    expect(await second, 'replaced while it waited').toBeNull();
    expect(
      posted().map(({ text }) => text),
      'never two of one message at once',
    ).toEqual(['a']);
    workers[0]?.answer(job('m', 'a', true));
    workers[0]?.answer(job('m', 'abc', true));
    expect((await first)?.blocks).toHaveLength(1);
    expect(await third).toEqual(rendered(job('m', 'abc')));
  });

  it('remembers a finished text, and only for exactly that text', async () => {
    const done = pool.render(job('m', 'a'));
    workers[0]?.answer(job('m', 'a'));
    await done;
    expect(pool.remembered('m', 'a')).toEqual(rendered(job('m', 'a')));
    expect(pool.remembered('m', 'b')).toBeNull();
  });

  it('does not remember a text that is still being written', async () => {
    const done = pool.render(job('m', 'a', true));
    workers[0]?.answer(job('m', 'a', true));
    await done;
    expect(pool.remembered('m', 'a')).toBeNull();
  });

  it('renders on the page when workers fail, and loses no job', async () => {
    const one = pool.render(job('m', 'a'));
    workers[0]?.onerror?.(new ErrorEvent('error'));
    expect(await one).toEqual(rendered(job('m', 'a')));
    expect(await pool.render(job('n', 'b'))).toEqual(rendered(job('n', 'b')));
    expect(here.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(workers, 'it does not try again').toHaveLength(1);
  });

  it('ends a worker that hangs, shows the text as it was written, and goes on with a new one', async () => {
    const stuck = pool.render(job('m', '<b>never ends'));
    vi.advanceTimersByTime(60_000);
    const shown = await stuck;
    expect(workers[0]?.ended).toBe(true);
    expect(shown?.blocks[0]).toMatchObject({ html: '<p class="as-written">&lt;b&gt;never ends</p>' });
    void pool.render(job('m', 'next'));
    expect(workers.at(-1)?.jobs.at(-1)?.text).toBe('next');
  });
});
