// A render worker: one job in, one answer out. Which jobs it gets is the pool's affair.

import { DocumentRenderer } from './document';
import type { Rendered, RenderJob } from './types';

export type WorkerAnswer = { id: string; rendered: Rendered } | { id: string; failure: string };

const renderer = new DocumentRenderer();

addEventListener('message', (event: MessageEvent<RenderJob>) => {
  const job = event.data;
  renderer.render(job, performance.now()).then(
    (rendered) => postMessage({ id: job.id, rendered } satisfies WorkerAnswer),
    (error: unknown) => postMessage({ id: job.id, failure: String(error) } satisfies WorkerAnswer),
  );
});
