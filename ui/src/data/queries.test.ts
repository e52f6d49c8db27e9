import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Settings } from '../contract/bindings';
import { HostError, setHost, type Host } from '../host';
import { memoryHost } from '../host/memory';
import { keys, queryClient, saveSettings } from '.';

const shown = () => queryClient.getQueryData<Settings>(keys.settings);

describe('saving settings', () => {
  let host: Host;

  beforeEach(async () => {
    window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
    host = memoryHost();
    setHost(host);
    queryClient.setQueryData(keys.settings, await host.call('settings.get', {}));
  });

  afterEach(() => {
    setHost(null);
    queryClient.clear();
  });

  it('shows the change before it is written', async () => {
    const saved = saveSettings({ theme: 'dark' });
    expect(shown()?.theme, 'no waiting for the disk').toBe('dark');
    await saved;
    expect((await host.call('settings.get', {})).theme).toBe('dark');
  });

  it('does not let two quick changes undo each other', async () => {
    await Promise.all([saveSettings({ theme: 'dark' }), saveSettings({ text_size: 18 })]);
    const record = await host.call('settings.get', {});
    expect([record.theme, record.text_size]).toEqual(['dark', 18]);
  });

  it('tells when it failed, and the next change still goes through', async () => {
    const info = { code: 'disk_full', message: 'The disk is full.', retryable: true } as const;
    let full = true;
    setHost({
      ...host,
      call: (name, request) =>
        name === 'settings.save' && full ? Promise.reject(new HostError(info)) : host.call(name, request),
    });
    const thrown = await saveSettings({ theme: 'dark' }).catch((error: unknown) => error);
    expect(HostError.from(thrown).info.code).toBe('disk_full');
    full = false;
    await saveSettings({ text_size: 20 });
    const record = await host.call('settings.get', {});
    expect([record.theme, record.text_size], 'the failed one was not kept').toEqual(['system', 20]);
  });
});
