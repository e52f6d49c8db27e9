// Addresses outside of the window: they go to the browser of the system; the window itself never follows one.
import { host, HostError } from '../host';
import { toastError } from './ui';

/** Opens an address; what fails is told in a toast. */
export function openLink(url: string): void {
  host.call('desktop.openLink', { url }).catch((thrown: unknown) => {
    const { info } = HostError.from(thrown);
    // In a browser the host cannot, and need not: a tab of its own does not touch this page.
    if (host.kind === 'http' && info.code === 'unavailable')
      window.open(url, '_blank', 'noopener,noreferrer');
    else toastError(info);
  });
}
