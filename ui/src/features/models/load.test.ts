import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { LoadModel } from '../../contract/bindings';
import { HostError, setHost } from '../../host';
import { memoryHost } from '../../host/memory';
import { load } from './actions';
import { aModel } from './fixtures';

const told = vi.hoisted(() => ({ toastError: vi.fn() }));
vi.mock('../../components/ui/toast', () => ({ ...told, toast: vi.fn(), toastUndo: vi.fn() }));

type Told = [unknown, { onClick: () => void } | undefined];

let asked: LoadModel[];
let code: 'out_of_memory' | 'model_damaged';

beforeEach(() => {
  asked = [];
  setHost({
    ...memoryHost(),
    call: (_name, request) => {
      asked.push(request as LoadModel);
      return Promise.reject(new HostError({ code, message: 'It needs 9 GB.', retryable: true }));
    },
  });
});

afterEach(() => {
  setHost(null);
  vi.clearAllMocks();
});

it('a model that seems not to fit is loaded anyway if the person says so, and asked about once', async () => {
  code = 'out_of_memory';
  await load(aModel({ id: 'large' }));
  const [, offer] = told.toastError.mock.calls[0] as Told;
  offer?.onClick();
  expect(asked).toEqual([
    { model: 'large', anyway: false },
    { model: 'large', anyway: true },
  ]);
  await vi.waitFor(() => expect(told.toastError).toHaveBeenCalledTimes(2));
  expect((told.toastError.mock.calls[1] as Told)[1], 'it truly does not fit').toBeUndefined();
});

it('a model that is damaged is not offered to be loaded anyway', async () => {
  code = 'model_damaged';
  await load(aModel());
  expect((told.toastError.mock.calls[0] as Told)[1]).toBeUndefined();
});
