import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { UpdateCheck } from '../../contract/bindings';
import { HostError, setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { openChat, openModels } from '../../router';
import { outcomeWords, Updates } from './updates.svelte';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn() }));
vi.mock('../../components/ui/toast', () => ({ ...told, toastUndo: vi.fn() }));

let answer: (outcome: UpdateCheck) => void;
let refuse: (error: HostError) => void;
let asked: string[];
let updates: Updates;

beforeEach(() => {
  window.matchMedia = (() => ({ matches: false, addEventListener: () => {} })) as never;
  asked = [];
  updates = new Updates();
  setHost({
    ...memoryHost(),
    call: (name) => {
      asked.push(name);
      return new Promise((resolve, reject) => {
        answer = resolve as never;
        refuse = reject;
      });
    },
  });
  openModels('mine');
});

afterEach(() => {
  setHost(null);
  vi.clearAllMocks();
});

describe('what looking for newer versions came to', () => {
  it.each([
    [{ looked_up: 5, newer: 2, failed: [] }, '2 of 5 have a newer version.'],
    [{ looked_up: 5, newer: 1, failed: [] }, '1 of 5 has a newer version.'],
    [{ looked_up: 1, newer: 1, failed: [] }, 'There is a newer version.'],
    [{ looked_up: 5, newer: 0, failed: [] }, 'All are as new as the hub’s.'],
    [{ looked_up: 1, newer: 0, failed: [] }, 'It is as new as the hub’s.'],
    [{ looked_up: 3, newer: 0, failed: ['Aurora: nobody answers.'] }, '3 are as new as the hub’s.'],
    [{ looked_up: 0, newer: 0, failed: ['Aurora: nobody answers.'] }, ''],
  ])('%j is “%s”', (outcome, words) => {
    expect(outcomeWords(outcome)).toBe(words);
  });
});

describe('looking for newer versions', () => {
  it('asks once at a time', async () => {
    const looked = updates.look();
    expect(updates.looking).toBe(true);
    void updates.look();
    expect(asked).toEqual(['model.findUpdates']);
    answer({ looked_up: 2, newer: 1, failed: [] });
    await looked;
    expect(updates.looking).toBe(false);
    expect(updates.outcome?.newer).toBe(1);
    updates.leave();
    expect(updates.outcome).toBeNull();
  });

  it('is told elsewhere to whoever has gone on', async () => {
    const looked = updates.look();
    openChat(null);
    answer({ looked_up: 2, newer: 1, failed: ['Aurora: nobody answers.'] });
    await looked;
    expect(told.toast.mock.calls[0]).toMatchObject([
      '1 of 2 has a newer version.',
      { description: 'Aurora: nobody answers.' },
    ]);
  });

  it('leads to the switch that keeps the hub from being asked', async () => {
    const looked = updates.look();
    refuse(new HostError({ code: 'network_off', message: 'Inglenook works offline.', retryable: false }));
    await looked;
    expect(updates.looking).toBe(false);
    expect(told.toastError.mock.calls[0]?.[1]).toMatchObject({ label: 'Show privacy settings' });
  });
});
