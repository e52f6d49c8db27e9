import { describe, expect, it } from 'vitest';

import { SentEvents } from './sse';

describe('server-sent events', () => {
  it('are whole however the bytes were cut', () => {
    const wire = 'data: {"a":1}\n\n: keep\n\nevent: end\r\ndata: null\r\n\r\n';
    for (let cut = 1; cut < wire.length; cut += 1) {
      const events = new SentEvents();
      const seen = [...events.read(wire.slice(0, cut)), ...events.read(wire.slice(cut))];
      expect(seen, `cut at ${cut}`).toEqual([
        { name: 'message', data: '{"a":1}' },
        { name: 'end', data: 'null' },
      ]);
    }
  });

  it('end at an empty line whose two characters came apart', () => {
    const events = new SentEvents();
    const whole = ['data: a\r', '\n', '\n'].flatMap((piece) => events.read(piece));
    expect(whole, 'one line end, then an empty line').toEqual([{ name: 'message', data: 'a' }]);
  });

  it('join the lines of one event and keep colons in the data', () => {
    expect(new SentEvents().read('data: a: b\ndata:c\n\n')).toEqual([{ name: 'message', data: 'a: b\nc' }]);
  });

  it('do not come before the empty line that ends them', () => {
    const events = new SentEvents();
    expect(events.read('data: 1\n'), 'the event may still grow').toEqual([]);
    expect(events.read('\n')).toEqual([{ name: 'message', data: '1' }]);
  });

  it('forget a name that stood without data', () => {
    expect(new SentEvents().read('event: end\n\ndata: 1\n\n'), 'the name belonged to nothing').toEqual([
      { name: 'message', data: '1' },
    ]);
  });
});
