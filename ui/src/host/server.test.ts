import { beforeEach, describe, expect, it } from 'vitest';

import type { Changed, ServerRequestEvent } from '../contract/bindings';
import type { Host } from './host';
import { memoryHost } from './memory';
import { aRequest } from './memory/serverSeed';
import { World } from './memory/world';

let world: World;
let host: Host;
let changed: Changed[];

const status = () => host.call('server.status', {});

beforeEach(() => {
  world = new World();
  host = memoryHost(world);
  changed = [];
  host.stream('app.changes', {}, { onEvent: (changes) => changed.push(...changes) });
});

describe('the local server of the world in memory', () => {
  it('is switched, moves to another port by itself, and tells so', async () => {
    await host.call('server.switch', { on: true });
    expect((await status()).state).toMatchObject({ kind: 'running', address: 'http://127.0.0.1:1234' });
    const settings = await host.call('settings.get', {});
    await host.call('settings.save', { ...settings, server: { ...settings.server, port: 4321 } });
    expect((await status()).state).toMatchObject({ address: 'http://127.0.0.1:4321' });
    expect(changed.filter(({ tag }) => tag === 'server')).toHaveLength(2);
  });

  it('names what can be asked', async () => {
    const all = (await status()).names.map(({ name }) => name);
    expect(all).toContain('qwen3-4b');
    expect(all, 'its disk is away').not.toContain('phi-4-mini');
    const settings = await host.call('settings.get', {});
    await host.call('settings.save', { ...settings, server: { ...settings.server, load_on_demand: false } });
    expect((await status()).names.map(({ name }) => name)).toEqual(['qwen3-4b']);
  });

  it('is not shared without a token', async () => {
    const settings = await host.call('settings.get', {});
    await host.call('settings.save', { ...settings, server: { ...settings.server, lan: true } });
    expect((await host.call('server.switch', { on: true })).state.kind).toBe('failed');
    const { token } = await host.call('server.makeToken', { name: 'laptop', scopes: ['read'] });
    expect((await host.call('server.switch', { on: true })).state.kind).toBe('running');
    await host.call('server.revokeToken', { token: token.id });
    await expect(host.call('server.revokeToken', { token: token.id })).rejects.toThrow('not exist');
    await expect(host.call('server.makeToken', { name: ' ', scopes: ['read'] })).rejects.toThrow('name');
  });

  it('tells what it is asked: all of it first, then what changes', async () => {
    const events: ServerRequestEvent[] = [];
    const leave = host.stream('server.requests', {}, { onEvent: (event) => events.push(event) });
    await Promise.resolve();
    world.server.serve(aRequest(9));
    expect(events.map(({ kind }) => kind)).toEqual(['all', 'changed']);
    leave();
    world.server.serve(aRequest(10));
    expect(events).toHaveLength(2);
    await host.call('server.clearRequests', {});
    expect(
      world.server.requests.map(({ number }) => number),
      'those under way stay',
    ).toEqual([9, 10]);
  });
});
