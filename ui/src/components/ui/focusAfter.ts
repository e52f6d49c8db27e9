// The focus after a question whose button is gone with its answer. A dialogue holds the focus until it has closed, and
// gives it back to its button as far as that is still there.

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Moves the focus as soon as no question is open any more. */
export async function focusAfterQuestion(element: HTMLElement | null): Promise<void> {
  while (document.querySelector('[role="alertdialog"]')) await nextFrame();
  element?.focus();
}
