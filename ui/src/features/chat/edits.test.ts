import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { editsIn } from './edits.svelte';
import { message } from './fixtures';
import MessageEditor from './MessageEditor.svelte';

const edits = editsIn('c');
const onsave = vi.fn<(text: string) => void>();
let editor: Record<string, unknown> | null = null;

/** The row comes into sight. */
function show(): HTMLTextAreaElement {
  const edit = edits.open.get('m0');
  if (!edit) throw new Error('nothing is being changed');
  editor = mount(MessageEditor, {
    target: document.body,
    props: { edit, label: 'Edit your message', save: 'Save', onsave, oncancel: () => edits.end('m0') },
  });
  flushSync();
  const field = document.querySelector('textarea');
  if (!field) throw new Error('there is no field');
  return field;
}

/** It is scrolled away, or another chat is opened. */
function hide(): void {
  if (editor) void unmount(editor);
  editor = null;
  flushSync();
}

function press(field: HTMLElement, init: KeyboardEventInit): void {
  field.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  flushSync();
}

afterEach(hide);

describe('the field in which a message is changed', () => {
  it('has its words again when it comes back into sight, and then leaves the focus where it is', () => {
    edits.begin(message(0, { text: 'as it was' }));
    const first = show();
    expect([first.value, document.activeElement]).toEqual(['as it was', first]);
    first.value = 'half a change';
    first.dispatchEvent(new Event('input', { bubbles: true }));
    hide();

    const second = show();
    expect(second.value).toBe('half a change');
    expect(document.activeElement, 'the person may be writing elsewhere').not.toBe(second);
    edits.begin(message(0, { text: 'as it was' }));
    flushSync();
    expect(document.activeElement, 'asked for again').toBe(second);
    press(second, { key: 'Enter', ctrlKey: true });
    expect(onsave).toHaveBeenCalledExactlyOnceWith('half a change');
  });

  it('forgets its words when they are given up', () => {
    press(show(), { key: 'Escape' });
    expect(edits.open.has('m0')).toBe(false);
    edits.begin(message(0, { text: 'as it was' }));
    hide();
    expect(show().value).toBe('as it was');
  });
});
