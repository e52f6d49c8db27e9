import { describe, expect, it } from 'vitest';

import { HostError } from './host';

describe('a failure', () => {
  it('of the host is told as the host told it', () => {
    const info = { code: 'disk_full', message: 'The disk is full.', retryable: true } as const;
    expect(HostError.from(info).info).toEqual(info);
  });

  it('that a browser threw is not taken for one of the host, although it has a code and a message', () => {
    const { info } = HostError.from(new DOMException('Access is denied.', 'SecurityError'));
    expect(info.code, 'one that has a title').toBe('internal');
    expect(info.detail).toContain('Access is denied.');
  });

  it('with a code that nobody here knows is none of the host either', () => {
    expect(HostError.from({ code: 'toString', message: 'odd' }).info.code).toBe('internal');
    expect(HostError.from({ code: 'enoent', message: 'odd' }).info.code).toBe('internal');
  });
});
