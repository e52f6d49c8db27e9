// What the render workers are asked and what they answer. Plain data only: it crosses a thread.

/** A text to be rendered. The newest job of an id replaces those before it. */
export interface RenderJob {
  /** Whose text it is: a message, or a part of one. */
  id: string;
  text: string;
  /** The text is still being written: its end is mended and carries the caret. */
  streaming: boolean;
}

/** A piece of the page. The key stays while the piece stays, so that only what changed is touched. */
export type Block = HtmlBlock | CodeBlock;

export interface HtmlBlock {
  kind: 'html';
  key: string;
  html: string;
}

export interface CodeBlock {
  kind: 'code';
  key: string;
  /** As the model named it; empty if it did not. */
  language: string;
  /** The code as it was written, for the clipboard. */
  text: string;
  /** Highlighted HTML in runs of lines, so that a long block that grows is patched only at its end. */
  chunks: string[];
}

export interface Rendered {
  blocks: Block[];
  /** There is a formula in it: the page needs the formula style sheet. */
  math: boolean;
}
