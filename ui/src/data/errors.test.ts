import { describe, expect, it } from 'vitest';

import { actionLabels, describeError, errorTable } from './errors';

describe('the table of failures', () => {
  it('gives every kind a title that people can read', () => {
    for (const [code, { title }] of Object.entries(errorTable)) {
      expect(title, `${code} is for developers`).not.toMatch(/_|error|went wrong/i);
      expect(title.length, `${code} needs a title`).toBeGreaterThan(4);
    }
  });

  it('names every way to mend something', () => {
    for (const { action } of Object.values(errorTable)) {
      if (action) expect(actionLabels[action]).toBeTruthy();
    }
  });

  it('describes a failure whole for a bug report', () => {
    const error = {
      code: 'engine_crashed',
      message: 'The engine stopped.',
      detail: 'signal 11',
      retryable: true,
    } as const;
    expect(describeError(error)).toBe('engine_crashed: The engine stopped.\nsignal 11');
  });
});
