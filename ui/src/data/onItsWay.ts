// Which downloads are on their way: they are counted in the rail, in the tabs and at the foot of the models.
import type { Download } from '../contract/bindings';

/** Bytes come, or will without anybody doing anything. */
export function onItsWay({ state }: Pick<Download, 'state'>): boolean {
  return (
    state.kind === 'running' ||
    state.kind === 'verifying' ||
    state.kind === 'waiting' ||
    state.kind === 'queued'
  );
}
