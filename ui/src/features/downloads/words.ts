// Every word about downloads.
import type { Download } from '../../contract/bindings';
import { format } from '../../data';

export const words = {
  title: 'Downloads',
  summary: (coming: number, here: number) =>
    [
      coming > 0 ? `${format.counted(coming, 'download')} in the queue` : null,
      here > 0 ? `${format.count(here)} finished` : null,
    ]
      .filter(Boolean)
      .join(' · '),
  coming: 'In the queue',
  finished: 'Finished',
  clear: 'Clear finished',
  cleared: 'The finished downloads were taken off the list. The models stay.',
  none: 'Nothing was downloaded yet',
  noneHint: 'Find a model under Discover. Its card says which of its files fits this machine.',
  discover: 'Discover models',
  retry: 'Try again',
  privacy: 'Show privacy settings',
  looking: 'Looking for downloads…',

  progressOf: (name: string) => `Download of ${name}`,
  pause: (name: string) => `Pause ${name}`,
  resume: (name: string) => `Go on with ${name}`,
  cancel: (name: string) => `Cancel ${name}`,
  retryOf: (name: string) => `Try ${name} again`,
  up: (name: string) => `Move ${name} up in the queue`,
  down: (name: string) => `Move ${name} down in the queue`,
  chat: 'Chat',
  chatWithName: (name: string) => `Chat with ${name}`,
  chatWith: 'Chat with it',
  reveal: 'Show in folder',
  revealOf: (name: string) => `Show ${name} in its folder`,

  queued: 'waits for its turn',
  starting: 'starting',
  paused: 'paused',
  checking: (percent: string) => `comparing it with the hub’s checksum, ${percent}`,
  tries: (wait: string) => `tries again in ${wait}`,
  here: 'here',
  gone: 'The model was deleted or moved since.',
  files: (files: number) => format.counted(files, 'file'),

  left: (wait: string) => `${wait} left`,
  almostDone: 'almost done',
  overADay: 'more than a day left',
  speed: (bytesPerSecond: number) => `${format.bytes(bytesPerSecond)}/s`,

  cancelTitle: (name: string) => `Cancel the download of ${name}?`,
  cancelText: (bytes: string) =>
    `${bytes} of it are here already. They are deleted, and that disk space is free again.`,
  cancelConfirm: 'Cancel the download',
  keep: 'Keep it',
  cancelled: (bytes: string) => `Cancelled. ${bytes} are free again.`,
  cancelledEmpty: 'Cancelled',

  bar: 'Current download',
  more: (others: number) => `and ${format.count(others)} more`,
  isHere: (name: string) => `${name} is here`,
  showDownloads: 'Show downloads',
} as const;

/** "Qwen3 4B · Q4_K_M". */
export function nameOf({ name, quantisation }: Pick<Download, 'name' | 'quantisation'>): string {
  return quantisation === null ? name : `${name} · ${quantisation}`;
}
