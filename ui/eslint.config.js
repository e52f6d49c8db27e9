// What the compiler does not see: no `any`, Tauri behind one file, and features that know each other by their index.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const TAURI = { group: ['@tauri-apps/*'], message: 'Only src/host/tauri.ts talks to Tauri; ask through src/host.' };
const MEMORY = {
  regex: 'host/memory',
  message: 'The world in memory is for developing and tests; src/host chooses it.',
};
const INSIDES = {
  regex: '^\\.\\./(?!\\.\\./)[a-z]+/.+|features/[a-z]+/.+',
  message: 'A feature is imported through its index.',
};

const only = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default ts.config(
  { ignores: ['dist', 'src/contract/bindings.ts', 'playwright-report', 'test-results'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      ...only(TAURI, MEMORY),
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // Addresses are hashes of our own router.
      'svelte/no-navigation-without-resolve': 'off',
      // The compiler's types see more than the rule for the core does.
      'no-undef': 'off',
      // Maps and sets here are replaced as a whole in `$state.raw`, or are no state at all.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  { files: ['**/*.ts'], rules: { 'no-undef': 'off' } },
  { files: ['src/features/**'], rules: only(TAURI, MEMORY, INSIDES) },
  { files: ['src/host/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['src/host/**', '**/*.test.ts'], rules: only(TAURI) },
  { files: ['src/host/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['*.config.{js,ts}', 'tests/**'], languageOptions: { globals: { ...globals.node } } },
);
