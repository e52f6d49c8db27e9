// What the composer and the message editor share: a field that grows with its text, and keys that mean what the person
// means while they compose letters with an input method.

import type { Attachment } from 'svelte/attachments';

/** Enter that ends a line, not one that accepts a composition. Some engines report the latter as key 229 only. */
export function isEnter(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.isComposing && event.keyCode !== 229;
}

/** Keeps a text area as high as its text; `text` is what it depends on. The style sheet limits it. */
export function fitHeight(text: () => string): Attachment<HTMLTextAreaElement> {
  return (field) => {
    text();
    field.style.height = 'auto';
    // Hidden, it has no height to take.
    if (field.scrollHeight > 0) field.style.height = `${field.scrollHeight}px`;
  };
}
