// The hub of the world in memory: what it knows of each repository. Only for developing and for tests.
import type { HubFormat, HubItem, HubRow, LicenceWords, Recommendation } from '../../contract/bindings';

const DAY = 86_400_000;

export const APACHE: LicenceWords = {
  name: 'Apache 2.0',
  summary: 'Use it for anything, also for money. Keep the licence text.',
  asks: ['Pass the licence on with the model.', 'Say what you changed.'],
  free: true,
  link: 'https://www.apache.org/licenses/LICENSE-2.0',
};

export const GEMMA: LicenceWords = {
  name: 'Gemma terms',
  summary: 'Use it for most things, also for money, within its list of forbidden uses.',
  asks: ['Accept the terms on the page of the model.', 'Keep to the list of forbidden uses.'],
  free: false,
  link: 'https://ai.google.dev/gemma/terms',
};

const row = (
  repo: string,
  name: string,
  parameters: number,
  downloads: number,
  likes: number,
  more: Partial<HubRow> = {},
): HubRow => ({
  repo,
  name,
  publisher: repo.split('/')[0] ?? '',
  downloads,
  likes,
  updated_at: Date.now() - 12 * DAY,
  formats: ['gguf'],
  licence: 'Apache 2.0',
  free_licence: true,
  vision: false,
  tools: true,
  gated: false,
  parameters,
  ...more,
});

const NAMED: HubRow[] = [
  row('Qwen/Qwen3-4B-Instruct-2507-GGUF', 'Qwen3 4B Instruct', 4.02e9, 1_212_000, 812),
  row('Qwen/Qwen3-4B-GGUF', 'Qwen3 4B', 4.02e9, 960_000, 540),
  row('Qwen/Qwen3-8B-GGUF', 'Qwen3 8B', 8.19e9, 2_400_000, 1_900),
  row('google/gemma-3-4b-it-qat-q4_0-gguf', 'Gemma 3 4B it', 3.88e9, 3_100_000, 1_400, {
    licence: 'Gemma terms',
    free_licence: false,
    vision: true,
    tools: false,
    gated: true,
  }),
  row('mistralai/Ministral-3B-GGUF', 'Ministral 3B', 3.4e9, 640_000, 377),
  row('HuggingFaceTB/SmolLM3-3B-GGUF', 'SmolLM3 3B', 3.1e9, 410_000, 502),
  row('microsoft/Phi-4-mini-instruct-GGUF', 'Phi-4 mini', 3.84e9, 880_000, 633, { licence: 'MIT' }),
  row('Qwen/Qwen3-0.6B', 'Qwen3 0.6B', 0.6e9, 5_200_000, 702, { formats: ['safetensors'] }),
];

const OTHERS: HubFormat[][] = [['gguf'], ['safetensors'], ['gguf', 'uqff'], ['gptq'], ['awq']];

/** Everything there is, the popular first; enough of it to need several pages. */
export const rows = (): HubRow[] => [
  ...NAMED,
  ...Array.from({ length: 113 }, (_, index) =>
    row(
      `workshop/Aurora-${index + 1}-GGUF`,
      `Aurora ${index + 1}`,
      (1 + (index % 14)) * 1e9,
      90_000 - index * 700,
      300 - index,
      {
        formats: OTHERS[index % OTHERS.length] ?? ['gguf'],
        vision: index % 4 === 0,
        tools: index % 3 === 0,
        free_licence: index % 5 !== 0,
        licence: index % 5 === 0 ? null : 'MIT',
      },
    ),
  ),
];

const WIDTHS: [string, number][] = [
  ['Q4_K_M', 0.615],
  ['Q6_K', 0.82],
  ['Q8_0', 1.065],
  ['BF16', 2.01],
  ['F32', 4.01],
];

/** The files of a repository. */
export const items = ({ name, parameters, formats }: HubRow): HubItem[] =>
  formats.includes('gguf')
    ? WIDTHS.map(([quantisation, bytes]) => ({
        item: `${name.replaceAll(' ', '-')}-${quantisation}.gguf`,
        format: 'gguf',
        quantisation,
        size_bytes: (parameters ?? 1e9) * bytes,
        files: bytes > 4 ? 2 : 1,
        state: { kind: 'away' },
      }))
    : [
        {
          item: 'model.safetensors',
          format: 'safetensors',
          quantisation: 'BF16',
          size_bytes: (parameters ?? 1e9) * 2,
          files: 6,
          state: { kind: 'away' },
        },
      ];

export const recommended = (): Recommendation[] => [
  {
    repo: 'Qwen/Qwen3-0.6B',
    name: 'Qwen3 0.6B',
    publisher: 'Qwen',
    best_for: 'Short questions, quick answers.',
    reason: 'Answers at once on eight cores.',
    class: 'small',
    quantisation: 'Q8_0',
    size_bytes: 0.64e9,
    needs_bytes: 1.1e9,
    fits: true,
    parameters: 0.6e9,
    licence: 'Apache 2.0',
    free_licence: true,
  },
  {
    repo: 'Qwen/Qwen3-4B-Instruct-2507-GGUF',
    name: 'Qwen3 4B Instruct',
    publisher: 'Qwen',
    best_for: 'Everyday questions, writing, code, many languages, tools.',
    reason: 'The best answers at a speed that one can read along with.',
    class: 'balanced',
    quantisation: 'Q4_K_M',
    size_bytes: 2.5e9,
    needs_bytes: 3.6e9,
    fits: true,
    parameters: 4.02e9,
    licence: 'Apache 2.0',
    free_licence: true,
  },
  {
    repo: 'Qwen/Qwen3-8B-GGUF',
    name: 'Qwen3 8B',
    publisher: 'Qwen',
    best_for: 'Harder questions, longer texts.',
    reason: 'The largest that fits into 11.2 GB.',
    class: 'best',
    quantisation: 'Q4_K_M',
    size_bytes: 5e9,
    needs_bytes: 6.7e9,
    fits: true,
    parameters: 8.19e9,
    licence: 'Apache 2.0',
    free_licence: true,
  },
];

export const README = `# A model for everyday questions

It answers, writes and translates, and knows how to ask for tools. See [the notes](docs/NOTES.md) for how it was made.

![A curve](figures/curve.png)

<p align="center"><b>Small</b> enough for a laptop.</p>

${Array.from({ length: 40 }, (_, index) => `## Chapter ${index + 1}\n\nWords about chapter ${index + 1}.`).join('\n\n')}
`;
