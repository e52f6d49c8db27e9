import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Parameters, Settings } from '../contract/bindings';
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

  /** A host whose saves wait until they are let through, each by its own call. */
  function slowHost(): (() => void)[] {
    const through: (() => void)[] = [];
    setHost({
      ...host,
      call: async (name, request) => {
        if (name === 'settings.save') await new Promise<void>((resolve) => through.push(resolve));
        return host.call(name, request);
      },
    });
    return through;
  }

  it('never jumps back while a newer change waits', async () => {
    const through = slowHost();
    const seen: unknown[] = [];
    const stop = queryClient.getQueryCache().subscribe(() => seen.push(shown()?.text_size));
    const first = saveSettings({ text_size: 16 });
    const second = saveSettings({ text_size: 20 });
    const other = saveSettings({ theme: 'dark' });
    for (const saved of [first, second, other]) {
      await vi.waitFor(() => expect(through).toHaveLength(1));
      through.pop()?.();
      await saved;
      expect([shown()?.text_size, shown()?.theme], 'all that was changed').toEqual([20, 'dark']);
    }
    stop();
    expect(seen.slice(seen.indexOf(20)), 'what was chosen last').not.toContain(16);
    expect(await host.call('settings.get', {})).toMatchObject({ text_size: 20, theme: 'dark' });
  });

  it('makes a change that builds on another from the newest ones, shown or written', async () => {
    const through = slowHost();
    const set = (part: Partial<Parameters>) =>
      saveSettings(({ defaults }) => ({ defaults: { ...defaults, ...part } }));
    const first = set({ temperature: 0.5 });
    const second = set({ top_p: 0.9 });
    expect(shown()?.defaults).toMatchObject({ temperature: 0.5, top_p: 0.9 });
    for (const saved of [first, second]) {
      await vi.waitFor(() => expect(through).toHaveLength(1));
      through.pop()?.();
      await saved;
    }
    const { defaults } = await host.call('settings.get', {});
    expect([defaults.temperature, defaults.top_p], 'neither was lost').toEqual([0.5, 0.9]);
  });

  it('does not bring along what failed before', async () => {
    const info = { code: 'disk_full', message: 'The disk is full.', retryable: true } as const;
    let full = true;
    setHost({
      ...host,
      call: (name, request) => {
        if (name !== 'settings.save' || !full) return host.call(name, request);
        full = false;
        return Promise.reject(new HostError(info));
      },
    });
    const set = (part: Partial<Parameters>) =>
      saveSettings(({ defaults }) => ({ defaults: { ...defaults, ...part } }));
    const failed = set({ temperature: 0.5 }).catch(() => 'failed');
    const kept = set({ top_p: 0.9 });
    expect(await failed).toBe('failed');
    await kept;
    const { defaults } = await host.call('settings.get', {});
    expect([defaults.temperature, defaults.top_p]).toEqual([null, 0.9]);
    expect(shown()?.defaults, 'and the page says so').toEqual(defaults);
  });
});
