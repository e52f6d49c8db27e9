// Figures of the page, taken inside it: how long frames take, how soon a typed letter is seen, how the heap grows
// while an answer of 4,000 tokens streams at 150 tok/s into a chat of 10,000 messages. The same functions run in
// Chromium (ui.mjs) and in the real window (window.mjs).

/** Messages of the long chat. */
export const MESSAGES = 10_000;
/** Tokens of the answer, and tokens a second. */
export const TOKENS = 4_000;
export const SPEED = 150;

/** What the scripted worker plays: prose with code, a table and a formula now and then. */
export const script = {
  load: { context_length: 1_000_000 },
  answers: [{ when: '', steps: [{ tok_s: SPEED }, { text: answer() }] }],
};

function answer() {
  const prose = 'The quick brown fox says that `this` is **one** more sentence of a long answer. ';
  const pieces = [];
  for (let paragraph = 0; pieces.join('').split(/(?<=\s)/).length < TOKENS; paragraph++) {
    pieces.push(prose.repeat(4), '\n\n');
    if (paragraph % 5 === 1) pieces.push('```rust\nfn main() {\n    println!("hello");\n}\n```\n\n');
    if (paragraph % 5 === 2) pieces.push('| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n\n');
    if (paragraph % 5 === 3) pieces.push('$$\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$$\n\n');
  }
  return pieces.join('');
}

/** Begins to note the time between frames. Runs in the page. */
export const BEGIN = `
  const frames = [];
  let last = performance.now();
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    window.__bench.running && requestAnimationFrame(tick);
  };
  window.__bench = { frames, begun: last, running: true, heap: performance.memory?.usedJSHeapSize ?? null };
  requestAnimationFrame(tick);
`;

/** Ends it and gives the figures. Runs in the page. */
export const END = `
  window.__bench.running = false;
  const frames = [...window.__bench.frames].sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))] ?? null;
  const heap = performance.memory?.usedJSHeapSize;
  // One frame at 60 Hz takes 16.7 ms; a late one takes two or more.
  const late = frames.filter((frame) => frame > 17.5).length / frames.length;
  return {
    late,
    seconds: (performance.now() - window.__bench.begun) / 1000,
    median: at(0.5),
    p95: at(0.95),
    worst: at(1),
    heapGrowthMb: heap === undefined ? null : (heap - window.__bench.heap) / 1e6,
  };
`;

/** From a typed letter to the frame that shows it, milliseconds. Runs in the page; calls back. */
export const ECHO = `
  const done = arguments[arguments.length - 1];
  const field = document.querySelector('textarea[aria-label="Message"]');
  const begun = performance.now();
  field.value += 'x';
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: 'x', inputType: 'insertText' }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun), 0));
`;

/** Takes the typed letters away again: while something is written, the button to stop is the one to send. Runs in the page. */
export const CLEAR = `
  const field = document.querySelector('textarea[aria-label="Message"]');
  field.value = '';
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'deleteContentBackward' }));
`;

/** Calls back when the answer is whole. Looks rarely, so that looking is not what is measured. Runs in the page. */
export const WHOLE = `
  const done = arguments[arguments.length - 1];
  const look = () => document.querySelector('button[aria-label="Stop the answer"]') ? setTimeout(look, 250) : done(null);
  look();
`;

/** Figures of a shorter time would be of something else. */
export function requireWhole({ seconds }) {
  if (seconds < (TOKENS / SPEED) * 0.9)
    throw new Error(`the answer was measured for ${seconds.toFixed(1)} s only`);
}

/** From the click on a chat in the sidebar to the frame that shows its last message. Runs in the page; calls back. */
export const OPEN = `
  const [title, last, done] = arguments;
  const row = [...document.querySelectorAll('nav *, aside *')].find((e) => e.childElementCount === 0 && e.textContent.trim() === title);
  const begun = performance.now();
  row.click();
  const look = () => {
    const shown = document.querySelector('article[aria-posinset="' + last + '"]');
    if (shown && shown.textContent.trim() !== '') setTimeout(() => done(performance.now() - begun), 0);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

/** The rows about frames. */
export function frameRows({ p95, median, worst, late }, target) {
  return [
    row(`frame while ${TOKENS} tokens come at ${SPEED} tok/s, p95`, milliseconds(p95), target),
    row('  median, worst', `${median.toFixed(1)}, ${worst.toFixed(1)}`, ''),
    row('  frames over 17.5 ms', `${(late * 100).toFixed(1)} %`, ''),
  ];
}

/** One row of the table. */
export function row(name, figure, target) {
  return `${name.padEnd(58)} ${figure.padStart(12)}   ${target}`;
}

export function milliseconds(value) {
  return value === null ? 'not told' : `${value.toFixed(1)} ms`;
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
