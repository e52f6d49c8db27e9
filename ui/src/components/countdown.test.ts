import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import Countdown from './Countdown.svelte';

let shown: Record<string, unknown>;
const done = vi.fn();
const text = () => document.body.textContent?.trim();

function open(wait: number): void {
  const props = { until: Date.now() + wait, says: (left: string) => `again in ${left}`, ondone: done };
  shown = mount(Countdown, { target: document.body, props });
  // What it shows follows with the next tick.
  vi.advanceTimersByTime(0);
}

const pass = async (milliseconds: number) => {
  await vi.advanceTimersByTimeAsync(milliseconds);
};

beforeEach(() => {
  vi.useFakeTimers();
  done.mockClear();
});

afterEach(async () => {
  await unmount(shown);
  vi.useRealTimers();
});

describe('a countdown', () => {
  it('goes by in seconds and ends once', async () => {
    open(3_000);
    await pass(1);
    expect(text()).toBe('again in 3 s');
    await pass(1_000);
    expect(text()).toBe('again in 2 s');
    expect(done).not.toHaveBeenCalled();
    await pass(2_000);
    expect(done).toHaveBeenCalledTimes(1);
    await pass(60_000);
    expect(done, 'nobody is asked again and again').toHaveBeenCalledTimes(1);
  });

  it('that is over already ends at once', async () => {
    open(-5_000);
    await pass(1);
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('ends nothing once it is gone', async () => {
    open(2_000);
    await unmount(shown);
    shown = mount(Countdown, {
      target: document.body,
      props: { until: Date.now() + 90_000, says: (left: string) => left },
    });
    await pass(5_000);
    expect(done).not.toHaveBeenCalled();
  });
});
