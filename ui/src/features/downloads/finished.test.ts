import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openChat, openModels, router } from '../../router';
import { newChat } from '../chat';
import { aDownload } from './fixtures';
import { newly, tellFinished } from './finished';

const told = vi.hoisted(() => ({ toast: vi.fn(), toastError: vi.fn() }));
vi.mock('../../components/ui/toast', () => ({ ...told, toastUndo: vi.fn() }));
vi.mock('../../data/queries', async (real) => ({ ...(await real()), saveSettings: () => Promise.resolve() }));

const error = { code: 'disk_full', message: 'The disk is full.', retryable: true } as const;
const done = aDownload({ state: { kind: 'done', model: 'm1' } });

describe('what is new', () => {
  it('is what came to a state since, not what was there at the beginning', () => {
    expect(newly('done', null, [done])).toEqual([]);
    expect(newly('done', new Map([['d1', 'running']]), [done])).toEqual([done]);
    expect(newly('done', new Map([['d1', 'done']]), [done])).toEqual([]);
    expect(newly('done', new Map(), [done]), 'faster than anybody looked').toEqual([done]);
  });
});

describe('a download that ends', () => {
  beforeEach(() => {
    tellFinished([]);
    openChat(null);
  });
  afterEach(() => void vi.clearAllMocks());

  it('is told once, with a button that leads to a chat', () => {
    tellFinished([aDownload()]);
    tellFinished([done]);
    tellFinished([done]);
    expect(told.toast).toHaveBeenCalledTimes(1);
    const [title, { action }] = told.toast.mock.calls[0] as [string, { action: { onClick: () => void } }];
    expect(title).toBe('Qwen3 4B · Q4_K_M is here');
    openModels('downloads');
    action.onClick();
    expect(newChat.model).toBe('m1');
    expect(router.route).toEqual({ page: 'chat', chat: null });
  });

  it('in failure is told where it is not in sight', () => {
    const failed = aDownload({ state: { kind: 'failed', error } });
    tellFinished([aDownload()]);
    openModels('downloads');
    tellFinished([failed]);
    expect(told.toastError, 'the row says it').not.toHaveBeenCalled();
    tellFinished([aDownload()]);
    openChat(null);
    tellFinished([failed]);
    expect(told.toastError).toHaveBeenCalledTimes(1);
  });
});
