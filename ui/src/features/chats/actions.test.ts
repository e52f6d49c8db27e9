import { expect, it } from 'vitest';

import type { ChatSummary } from '../../contract/bindings';
import { goneForGood } from './actions';

const chat = (more: Partial<ChatSummary>): ChatSummary => ({
  id: 'a',
  title: 'A secret',
  pinned: false,
  temporary: false,
  created_at: 0,
  updated_at: 0,
  deleted_at: null,
  answering: false,
  ...more,
});

it('a question comes before what nothing brings back, and only before that', () => {
  expect(goneForGood(chat({ temporary: true }))).toBe(true);
  expect(goneForGood(chat({ temporary: true, title: '' })), 'nothing was said in it').toBe(false);
  expect(goneForGood(chat({})), 'the trash has it').toBe(false);
});
