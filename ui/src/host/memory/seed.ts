// What the world in memory begins with: a machine and some chats; its models are in modelSeed.ts. Only for developing
// and for tests.
import type { ChatSummary, Hardware, HardwareUse, Settings } from '../../contract/bindings';
import { UNSET } from '../../contract/unset';
import { serverSettings } from './serverSeed';

export const settings = (): Settings => ({
  theme: 'system',
  text_size: 15,
  model_folders: ['/home/ana/models', '/media/ana/Archive/models'],
  ignored_folders: ['/home/ana/.lmstudio/models'],
  defaults: { ...UNSET },
  idle_unload_minutes: 15,
  models_in_memory: 2,
  log_level: 'info',
  offline: false,
  blocked_hosts: [],
  hub_endpoint: '',
  proxy: '',
  server: serverSettings(),
  last_model: '1f0c5d2a9b7e4c31',
  welcomed: true,
});

export const hardware = (): Hardware => ({
  processor: 'AMD Ryzen 7 7840U',
  cores: 8,
  threads: 16,
  vector: 'AVX-512',
  instructions: ['AVX2', 'FMA', 'F16C', 'AVX-512', 'AVX-512 VNNI', 'AVX-512 BF16'],
  memory_bytes: 16.4e9,
  memory_free_bytes: 11.2e9,
  gpus: [],
  disk: { total_bytes: 512e9, free_bytes: 214e9 },
  kernels: { used: 'AVX-512 with VNNI and BF16', crashed: null },
});

/** The machine as it is in use, a little differently at each look. */
export const inUse = (machine: Hardware, look: number): HardwareUse => {
  const wave = (length: number) => (1 + Math.sin(look / length)) / 2;
  return {
    processor: 0.04 + 0.5 * wave(7) * wave(3),
    memory_bytes: machine.memory_bytes,
    memory_free_bytes: machine.memory_free_bytes * (0.94 + 0.06 * wave(11)),
    models_bytes: 0,
    gpus: machine.gpus.map(({ memory_bytes }) => ({
      memory_used_bytes: memory_bytes === null ? null : memory_bytes * 0.2,
      busy: 0.6 * wave(5),
    })),
    disk: machine.disk,
  };
};

const DAY = 86_400_000;

const titles: [string, number, boolean][] = [
  ['House rules for the allotment', 6 * DAY, true],
  ['Fixing a slow SQL query', 4 * 60_000, false],
  ['Trip to Oslo in March', 2 * 3_600_000, false],
  ['Names for a bakery', 3 * 3_600_000, false],
  ['Letter to the landlord', DAY, false],
  ['Regex for dates', DAY + 3_600_000, false],
  ['Release notes 2.4', 3 * DAY, false],
  ['Interview questions', 12 * DAY, false],
  ['Sales table to Markdown', 40 * DAY, false],
];

export const summaries = (now: number): ChatSummary[] =>
  titles.map(([title, age, pinned], index) => ({
    id: `0198a000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
    title,
    pinned,
    temporary: false,
    created_at: now - age - 600_000,
    updated_at: now - age,
    deleted_at: null,
    answering: false,
  }));
