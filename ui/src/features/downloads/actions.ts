// What can be done with downloads. What fails is told in a toast.
import type { Download } from '../../contract/bindings';
import { toast, toastError } from '../../components/ui';
import { format, keys, queryClient } from '../../data';
import { host, HostError } from '../../host';
import { placeAfterMove } from './states';
import { words } from './words';

/** Whether it worked. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    // Not until the change is told: what was pressed should look pressed.
    await queryClient.invalidateQueries({ queryKey: keys.downloads });
    return true;
  } catch (thrown) {
    toastError(HostError.from(thrown).info);
    return false;
  }
}

export const pause = ({ id }: Download) => attempt(() => host.call('download.pause', { download: id }));

/** Goes on with one that was paused, failed, or waits for its host. */
export const resume = ({ id }: Download) => attempt(() => host.call('download.resume', { download: id }));

export const cancel = ({ id }: Download) =>
  attempt(async () => {
    const { bytes } = await host.call('download.cancel', { download: id });
    toast(bytes > 0 ? words.cancelled(format.bytes(bytes)) : words.cancelledEmpty);
  });

/** One place up or down among those that are not done. */
export async function move(waiting: readonly Download[], { id }: Download, by: -1 | 1): Promise<boolean> {
  const before = placeAfterMove(waiting, id, by);
  if (before === undefined) return false;
  return attempt(() => host.call('download.move', { download: id, before }));
}

export const clearFinished = () =>
  attempt(async () => {
    await host.call('download.clear', {});
    // Cards remember downloads that nobody can look up any more.
    void queryClient.invalidateQueries({ queryKey: keys.hubCards });
    toast(words.cleared);
  });
