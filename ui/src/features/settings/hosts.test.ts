import { describe, expect, it } from 'vitest';

import type { HostEntry } from '../../contract/bindings';
import { blockedBy, switched, withForgotten } from './hosts';

const hub: HostEntry = {
  host: 'huggingface.co',
  purpose: 'Search',
  allowed: true,
  contacts: 3,
  received_bytes: 12_000,
  last_at: 1,
};

describe('a host', () => {
  it('is kept off by itself or by one above it', () => {
    expect(blockedBy('huggingface.co', [])).toBeNull();
    expect(blockedBy('HuggingFace.co', ['huggingface.co'])).toBe('huggingface.co');
    expect(blockedBy('cdn.huggingface.co', ['huggingface.co'])).toBe('huggingface.co');
    expect(blockedBy('cdn.hf.co', ['hf.co', 'cdn.hf.co']), 'its own switch comes first').toBe('cdn.hf.co');
  });

  it('is not kept off by a name that only ends the same', () => {
    expect(blockedBy('nothuggingface.co', ['huggingface.co'])).toBeNull();
    expect(blockedBy('co', ['huggingface.co'])).toBeNull();
    expect(blockedBy('huggingface.co', ['']), 'an empty entry is none').toBeNull();
  });

  it('is switched off once and on again, and leaves the others alone', () => {
    const off = switched(['a.example'], 'HuggingFace.co', false);
    expect(off).toEqual(['a.example', 'huggingface.co']);
    expect(switched(off, 'huggingface.co', false)).toEqual(off);
    expect(switched(off, 'huggingface.co', true)).toEqual(['a.example']);
  });

  it('that is switched off and no longer listed can still be switched on', () => {
    const rows = withForgotten([hub], ['huggingface.co', 'old.example', 'old.example'], 'Switched off');
    expect(rows.map(({ host }) => host)).toEqual(['huggingface.co', 'old.example']);
    expect(rows[1]?.purpose).toBe('Switched off');
  });
});
