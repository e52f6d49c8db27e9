// Checking a model's files in the world in memory, at the speed of its disk.
import type { ModelId, VerifyEvent } from '../../contract/bindings';
import type { HostError } from '../host';
import { listOf } from './library';
import { missing, type World } from './world';

const EVERY_MS = 100;

/** Reads until it is through or stopped. */
export function verifying(
  world: World,
  id: ModelId,
  see: (event: VerifyEvent) => void,
  ended: (error?: HostError) => void,
): () => void {
  const model = listOf(world).models.find((one) => one.id === id);
  if (!model) {
    const timer = setTimeout(() => ended(missing('model')));
    return () => clearTimeout(timer);
  }
  const total = model.size_bytes;
  let done = 0;
  const timer = setInterval(() => {
    done = Math.min(total, done + (world.diskBytesPerS * EVERY_MS) / 1000);
    see({ kind: 'progress', done_bytes: done, total_bytes: total });
    if (done < total) return;
    clearInterval(timer);
    see({ kind: 'done', files: model.files, problems: world.broken.get(id) ?? [] });
    ended();
  }, EVERY_MS);
  return () => clearInterval(timer);
}
