import { QueryClient, QueryObserver } from '@tanstack/svelte-query';
import { describe, expect, it, vi } from 'vitest';

import type { Changed } from '../contract/bindings';
import type { Host, StreamListener } from '../host/host';
import { followChanges, onChange } from './changes';

function world(reachable = true) {
  const listeners: StreamListener<Changed[]>[] = [];
  const waits: number[] = [];
  const due: (() => void)[] = [];
  const left = vi.fn();
  const host: Host = {
    kind: 'memory',
    call: () => (reachable ? Promise.resolve({} as never) : Promise.reject(new Error('nobody is there'))),
    stream: (_name, _request, listener) => {
      listeners.push(listener as StreamListener<never>);
      return left;
    },
  };
  const client = new QueryClient();
  const asked: unknown[] = [];
  vi.spyOn(client, 'invalidateQueries').mockImplementation((filter) => {
    asked.push(filter?.queryKey);
    return Promise.resolve();
  });
  const stop = followChanges({
    host,
    client,
    later: (work, milliseconds) => {
      waits.push(milliseconds);
      due.push(work);
      return () => due.splice(due.indexOf(work), 1);
    },
  });
  return { listeners, waits, due, left, asked, stop };
}

describe('changes', () => {
  it('ask again for what they touch, each once', () => {
    const { listeners, asked } = world();
    listeners[0]?.onEvent([{ tag: 'chat', id: 'a' }, { tag: 'chat', id: 'a' }, { tag: 'models' }]);
    expect(asked).toEqual([['chat', 'a'], ['chats'], ['models'], ['server', 'status']]);
  });

  it('of a download ask for the downloads only, however often they come', () => {
    const { listeners, asked } = world();
    listeners[0]?.onEvent([{ tag: 'downloads' }, { tag: 'downloads' }, { tag: 'network' }]);
    expect(asked).toEqual([['downloads'], ['network'], ['hub', 'token']]);
  });

  it('reach those who follow something outside of the cache', () => {
    const { listeners } = world();
    const seen: Changed[] = [];
    const leave = onChange((changed) => seen.push(changed));
    listeners[0]?.onEvent([{ tag: 'chat', id: 'a' }]);
    leave();
    listeners[0]?.onEvent([{ tag: 'chat', id: 'b' }]);
    expect(seen).toEqual([{ tag: 'chat', id: 'a' }]);
  });

  it('are subscribed again after a break, later each time, and count as all missed', async () => {
    const { listeners, waits, due, asked } = world();
    listeners[0]?.onEnd?.();
    due.shift()?.();
    expect(listeners, 'a second subscription').toHaveLength(2);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked, 'nobody knows what was missed').toContainEqual(['models']);
    listeners[1]?.onEnd?.();
    expect(waits, 'a host that is gone is not hammered').toEqual([500, 1000]);
    due.shift()?.();
    listeners[2]?.onEvent([]);
    listeners[2]?.onEnd?.();
    expect(waits.at(-1), 'one that came back begins anew').toBe(500);
  });

  it('ask again for what is on its way for the first time', async () => {
    const client = new QueryClient();
    const answers: ((answer: string) => void)[] = [];
    const query = new QueryObserver(client, {
      queryKey: ['chat', 'a'],
      queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
    });
    const leave = query.subscribe(() => {});
    const listeners: StreamListener<Changed[]>[] = [];
    const host: Host = {
      kind: 'memory',
      call: () => Promise.resolve({} as never),
      stream: (_name, _request, listener) => {
        listeners.push(listener as StreamListener<never>);
        return () => {};
      },
    };
    const stop = followChanges({ host, client });
    listeners[0]?.onEvent([{ tag: 'chat', id: 'a' }]);
    answers[0]?.('answering');
    await vi.waitFor(() => expect(answers, 'the first answer was older than the change').toHaveLength(2));
    answers[1]?.('done');
    await vi.waitFor(() => expect(query.getCurrentResult().data).toBe('done'));
    stop();
    leave();
  });

  it('leave what is shown alone while nobody answers', async () => {
    const { listeners, due, asked } = world(false);
    listeners[0]?.onEnd?.();
    due.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(asked, 'asking again would only bring failures').toEqual([]);
  });

  it('stop when told', () => {
    const { listeners, due, left, stop } = world();
    listeners[0]?.onEnd?.();
    stop();
    expect(due, 'no further try is planned').toHaveLength(0);
    expect(left).toHaveBeenCalled();
  });
});
