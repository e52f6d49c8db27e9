import { afterEach, beforeEach, expect, it } from 'vitest';

import { setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { openModels, router } from '../../router';
import { newChat } from '../chat';
import { chatWith } from './actions';
import { aModel } from './fixtures';

let host: Host;

beforeEach(() => {
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  host = memoryHost();
  setHost(host);
  openModels();
});

afterEach(() => setHost(null));

it('a chat with a model begins with it, whatever was chosen there before, and keeps its words', async () => {
  newChat.model = 'another';
  newChat.text = 'half a question';
  await chatWith(aModel({ id: 'wanted' }));
  expect(router.route).toEqual({ page: 'chat', chat: null });
  expect([newChat.model, newChat.text]).toEqual(['wanted', 'half a question']);
  expect((await host.call('settings.get', {})).last_model, 'and so does the next').toBe('wanted');
});
