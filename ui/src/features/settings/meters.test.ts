import { describe, expect, it } from 'vitest';

import type { Hardware, HardwareUse } from '../../contract/bindings';
import { hardware, inUse } from '../../host/memory/seed';
import { LiveUse } from './liveUse.svelte';
import { meters } from './meters';
import { words } from './words';

const GB = 1024 ** 3;
const card = { name: 'RTX 4090', memory_bytes: 24 * GB, shares_memory: false, driver: null };

function shown(machine: Partial<Hardware>, ...uses: Partial<HardwareUse>[]) {
  const whole = { ...hardware(), memory_bytes: 16 * GB, memory_free_bytes: 12 * GB, ...machine };
  const live = new LiveUse();
  uses.forEach((use, index) => live.see({ ...inUse(whole, 0), ...use }, index * 1_000));
  return meters(whole, live.now, (share) => live.history(share));
}

describe('the meters of a machine', () => {
  it('say before the first look what is known, and invent nothing', () => {
    const [processor, memory, ...more] = shown({});
    expect(processor?.figure).toBe(words.hardware.notMeasured);
    expect(processor?.detail).toBe('8 cores, 16 threads');
    expect(memory?.figure).toBe('4 GB of 16 GB');
    expect(memory?.label).toBe('Memory: nothing measured yet');
    expect(more).toEqual([]);
  });

  it('show the newest look, and the last minute in words', () => {
    const [processor] = shown({}, { processor: 0.5 }, { processor: null }, { processor: 0.09 });
    expect(processor?.figure).toBe('9 %');
    expect(processor?.label).toBe('Processor, the last minute: between 9 % and 50 %');
    expect(processor?.samples.map(({ share }) => share)).toEqual([0.5, null, 0.09]);
    expect(shown({}, { processor: 0.09 })[0]?.label).toBe('Processor, the last minute: 9 %');
  });

  it('tell what models take of the memory, and when there is little left', () => {
    const memory = { memory_bytes: 16 * GB, memory_free_bytes: 10 * GB };
    expect(shown({}, { ...memory, models_bytes: 0 })[1]?.detail).toBe('10 GB free');
    expect(shown({}, { ...memory, models_bytes: 3 * GB })[1]?.detail).toBe('10 GB free · models take 3 GB');
    expect(shown({}, memory)[1]?.tone).toBe('ember');
    expect(shown({}, { ...memory, memory_free_bytes: GB })[1]?.tone).toBe('warn');
  });

  it('show of a card what its driver tells', () => {
    const seen = (memory_used_bytes: number | null, busy: number | null) =>
      shown({ gpus: [card] }, { gpus: [{ memory_used_bytes, busy }] }).slice(2);
    expect(seen(6 * GB, 0.43)).toMatchObject([
      { name: 'RTX 4090', figure: '43 %', detail: '6 GB of 24 GB', samples: [{ share: 0.43 }] },
    ]);
    expect(seen(null, 0.43)).toMatchObject([{ figure: '43 %', detail: '' }]);
    expect(seen(6 * GB, null)).toMatchObject([{ figure: '6 GB of 24 GB', samples: [{ share: 0.25 }] }]);
    expect(seen(null, null), 'nothing is told').toEqual([]);
    expect(shown({ gpus: [card] }, { gpus: [] }).slice(2), 'gone meanwhile').toEqual([]);
  });
});

it('what is older than a minute is forgotten', () => {
  const live = new LiveUse();
  for (const [at, processor] of [
    [0, 0.1],
    [30_000, 0.2],
    [60_001, 0.3],
  ] as const)
    live.see({ ...inUse(hardware(), 0), processor }, at);
  expect(live.history(({ processor }) => processor)).toEqual([
    { at: 30_000, share: 0.2 },
    { at: 60_001, share: 0.3 },
  ]);
});
