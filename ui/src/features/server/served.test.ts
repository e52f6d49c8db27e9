import { describe, expect, it } from 'vitest';

import type { Model } from '../../contract/bindings';
import { settings } from '../../host/memory/seed';
import { models } from '../../host/memory/modelSeed';
import { serverSettings } from '../../host/memory/serverSeed';
import { wholeFrom } from './numbers';
import { asksForToken, changeServer, exampleName, staysLoaded, withModel } from './served';

const ready = (id: string) =>
  ({ id, state: { kind: 'ready', context_length: 1, memory_bytes: 1, unload_at: null } }) as Model;

describe('the name in an example', () => {
  const names = [
    { model: 'a', name: 'aurora' },
    { model: 'b', name: 'boreal' },
  ];

  it('is that of a loaded model, else the first, else none', () => {
    expect(exampleName(names, [ready('b')])).toBe('boreal');
    expect(exampleName(names, models(0))).toBe('aurora');
    expect(exampleName([], [ready('b')])).toBeNull();
  });
});

describe('what holds for a model', () => {
  it('is changed without touching what holds for others', () => {
    const one = withModel(serverSettings(), 'a', { aliases: ['gpt-4o'] });
    const two = withModel(withModel(one, 'b', { idle_unload_minutes: 0 }), 'a', { idle_unload_minutes: 5 });
    expect(two.models).toEqual([
      { model: 'a', aliases: ['gpt-4o'], idle_unload_minutes: 5 },
      { model: 'b', aliases: [], idle_unload_minutes: 0 },
    ]);
    expect([staysLoaded(two, 'b', 15), staysLoaded(two, 'a', 0), staysLoaded(two, 'c', 0)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('settings of the server', () => {
  it('follow from the newest ones', () => {
    const newest = { ...settings(), server: { ...serverSettings(), port: 99, origins: ['http://a'] } };
    const changed = changeServer(({ origins }) => ({ origins: [...origins, 'http://b'] }))(newest);
    expect(changed.server).toMatchObject({ port: 99, origins: ['http://a', 'http://b'] });
  });

  it('ask everybody for a token where others may come', () => {
    expect(asksForToken(serverSettings())).toBe(false);
    expect(asksForToken({ ...serverSettings(), lan: true })).toBe(true);
    expect(asksForToken({ ...serverSettings(), require_token: true })).toBe(true);
  });

  it('take whole numbers within their limits', () => {
    expect(wholeFrom(' 8080 ', 1, 65_535)).toBe(8_080);
    for (const wrong of ['', '0', '65536', '-1', '80.5', '1e3', 'http', '99999999999'])
      expect(wholeFrom(wrong, 1, 65_535), wrong).toBeNull();
  });
});
