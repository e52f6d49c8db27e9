// Code in colours: highlight.js with class names (inline styles would need a weaker policy), languages loaded when
// the first block of them comes.

import hljs from 'highlight.js/lib/core';
import type { LanguageFn } from 'highlight.js';

import { escapeHtml } from './escape';

/** Beyond this many characters colours cost more than they help. */
const LONGEST = 60_000;

/** Lines in one chunk: small enough that patching the last one is cheap, large enough to stay few. */
const LINES_PER_CHUNK = 24;

type Load = () => Promise<{ default: LanguageFn }>;

const LANGUAGES: Record<string, Load> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  clojure: () => import('highlight.js/lib/languages/clojure'),
  cmake: () => import('highlight.js/lib/languages/cmake'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  dart: () => import('highlight.js/lib/languages/dart'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  elixir: () => import('highlight.js/lib/languages/elixir'),
  erlang: () => import('highlight.js/lib/languages/erlang'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  julia: () => import('highlight.js/lib/languages/julia'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  matlab: () => import('highlight.js/lib/languages/matlab'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  nix: () => import('highlight.js/lib/languages/nix'),
  objectivec: () => import('highlight.js/lib/languages/objectivec'),
  ocaml: () => import('highlight.js/lib/languages/ocaml'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  protobuf: () => import('highlight.js/lib/languages/protobuf'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  scss: () => import('highlight.js/lib/languages/scss'),
  shell: () => import('highlight.js/lib/languages/shell'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  wasm: () => import('highlight.js/lib/languages/wasm'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const ALIASES: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  'objective-c': 'objectivec',
  cc: 'cpp',
  cjs: 'javascript',
  console: 'shell',
  cs: 'csharp',
  docker: 'dockerfile',
  ex: 'elixir',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  hs: 'haskell',
  html: 'xml',
  js: 'javascript',
  json5: 'json',
  jsonc: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  make: 'makefile',
  md: 'markdown',
  mjs: 'javascript',
  objc: 'objectivec',
  patch: 'diff',
  pl: 'perl',
  postgresql: 'sql',
  proto: 'protobuf',
  ps1: 'powershell',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sass: 'scss',
  sh: 'bash',
  sqlite: 'sql',
  svelte: 'xml',
  svg: 'xml',
  tex: 'latex',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  vue: 'xml',
  wat: 'wasm',
  yml: 'yaml',
  zsh: 'bash',
};

/** The grammar for what stands behind the fence, or `null` if there is none here. */
export function grammarOf(language: string): string | null {
  const name = language.trim().toLowerCase();
  const grammar = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return grammar !== undefined && Object.hasOwn(LANGUAGES, grammar) ? grammar : null;
}

/** Whether code in this language can be coloured at once (one without a grammar has nothing to wait for). */
export function languageReady(language: string): boolean {
  const grammar = grammarOf(language);
  return grammar === null || hljs.getLanguage(grammar) !== undefined;
}

export async function loadLanguage(language: string): Promise<void> {
  const grammar = grammarOf(language);
  if (grammar === null || hljs.getLanguage(grammar)) return;
  const loaded = await LANGUAGES[grammar]?.();
  if (loaded) hljs.registerLanguage(grammar, loaded.default);
}

/** Code as HTML: only text and spans with classes. */
export function highlight(code: string, language: string): string {
  const grammar = grammarOf(language);
  if (grammar === null || code.length > LONGEST || !hljs.getLanguage(grammar)) return escapeHtml(code);
  return hljs.highlight(code, { language: grammar, ignoreIllegals: true }).value;
}

/**
 * Code that grew since `html` was made of its beginning: only what comes after the last whole line is read again. Inside
 * a comment or a string that is still open it takes the colour of that.
 */
export function highlightMore(html: string, code: string, language: string): string {
  const at = html.lastIndexOf('\n') + 1;
  const head = html.slice(0, at);
  const lines = head.split('\n').length - 1;
  let from = 0;
  for (let line = 0; line < lines; line += 1) from = code.indexOf('\n', from) + 1;
  const open: string[] = [];
  for (const [tag] of head.matchAll(/<span[^>]*>|<\/span>/g)) {
    if (tag === '</span>') open.pop();
    else open.push(tag);
  }
  const rest = code.slice(from);
  return open.length === 0
    ? head + highlight(rest, language)
    : head + escapeHtml(rest) + '</span>'.repeat(open.length);
}

/** Cuts highlighted HTML into runs of whole lines; spans that reach over a cut are closed and opened again. */
export function chunkLines(html: string): string[] {
  const chunks: string[] = [];
  const open: string[] = [];
  let chunk = '';
  let lines = 0;
  let from = 0;
  for (const match of html.matchAll(/<span[^>]*>|<\/span>|\n/g)) {
    const end = match.index + match[0].length;
    if (match[0] === '\n') {
      lines += 1;
      if (lines < LINES_PER_CHUNK) continue;
      chunks.push(chunk + html.slice(from, end) + '</span>'.repeat(open.length));
      chunk = open.join('');
      from = end;
      lines = 0;
    } else if (match[0] === '</span>') open.pop();
    else open.push(match[0]);
  }
  const rest = chunk + html.slice(from);
  if (rest !== '' || chunks.length === 0) chunks.push(rest);
  return chunks;
}
