// The one pool of the window.

import { RenderPool } from './pool';
import type { DocumentRenderer } from './document';
import type { Rendered, RenderJob } from './types';

let here: DocumentRenderer | null = null;

async function renderHere(job: RenderJob): Promise<Rendered> {
  here ??= new (await import('./document')).DocumentRenderer();
  return here.render(job, performance.now());
}

export const pool = new RenderPool({
  startWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  renderHere,
});

if (typeof Worker !== 'undefined') pool.warm();
