import { describe, expect, it, vi } from 'vitest';

import { allActions, registerAction, runShortcut } from './actions.svelte';
import { fit } from './filter';

describe('what was typed', () => {
  it('fits by every word, beginnings first', () => {
    expect(fit('Light theme', 'the li')).toBeGreaterThan(0);
    expect(fit('Light theme', 'dark')).toBe(0);
    expect(fit('Oslo trip', 'oslo')).toBeGreaterThan(fit('Trip to Oslo', 'oslo'));
    expect(fit('Trip to Oslo', 'oslo')).toBeGreaterThan(fit('Consloped', 'slo'));
  });

  it('does without accents and capitals', () => {
    expect(fit('Café au lait', 'CAFE')).toBeGreaterThan(0);
  });

  it('finds by other words too, but later', () => {
    const byKeyword = fit('Dark theme', 'colours', ['colours']);
    expect(byKeyword).toBeGreaterThan(0);
    expect(byKeyword).toBeLessThan(fit('Colours', 'colours'));
  });
});

describe('actions', () => {
  it('run by their shortcut until they are taken back', () => {
    const run = vi.fn();
    const take = registerAction({ id: 'test.act', label: 'Act', shortcut: 'Alt+J', run });
    const press = () => new KeyboardEvent('keydown', { key: 'j', altKey: true, cancelable: true });
    expect(runShortcut(press())).toBe(true);
    take();
    expect(runShortcut(press())).toBe(false);
    expect(run).toHaveBeenCalledOnce();
    expect(allActions()).toEqual([]);
  });

  it('leave a key alone that was handled before', () => {
    const run = vi.fn();
    const take = registerAction({ id: 'test.act', label: 'Act', shortcut: 'Alt+J', run });
    const event = new KeyboardEvent('keydown', { key: 'j', altKey: true, cancelable: true });
    event.preventDefault();
    runShortcut(event);
    take();
    expect(run).not.toHaveBeenCalled();
  });

  it('are offered only while they would do something, but keep their keys', () => {
    const run = vi.fn();
    let applies = false;
    const take = registerAction({
      id: 'test.act',
      label: 'Act',
      shortcut: 'Mod+R',
      applies: () => applies,
      run,
    });
    const press = () => new KeyboardEvent('keydown', { key: 'r', ctrlKey: true, cancelable: true });
    const early = press();
    expect(runShortcut(early)).toBe(true);
    expect(allActions()).toEqual([]);
    expect(run).not.toHaveBeenCalled();
    expect(early.defaultPrevented, 'or the browser would load the page anew').toBe(true);
    applies = true;
    runShortcut(press());
    expect(allActions().map(({ id }) => id)).toEqual(['test.act']);
    expect(run).toHaveBeenCalledOnce();
    take();
  });
});
