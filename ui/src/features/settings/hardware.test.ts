import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Kernels } from '../../contract/bindings';
import { format, queryClient } from '../../data';
import Provided from '../../data/Provided.svelte';
import { setHost, type Host } from '../../host';
import { memoryHost } from '../../host/memory';
import { World } from '../../host/memory/world';
import { words as hardwareWords } from '../hardware';
import Hardware from './Hardware.svelte';
import { words } from './words';

/** A page takes its time on a machine that does other things too. */
const soon = <Seen>(look: () => Seen | Promise<Seen>) => vi.waitFor(look, 4_500);
const text = () => document.body.textContent ?? '';
const again = () =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent === words.hardware.tryAgain);

let world: World;
let host: Host;
let shown: Record<string, unknown>;

function show(kernels: Kernels): void {
  world.hardware = { ...world.hardware, kernels };
  shown = mount(Provided, { target: document.body, props: { component: Hardware as never, props: {} } });
}

beforeEach(() => {
  world = new World();
  host = memoryHost(world);
  setHost(host);
});

afterEach(async () => {
  await unmount(shown);
  queryClient.clear();
  setHost(null);
});

it('the kernels are told as soon as a model was loaded', async () => {
  show({ used: null, crashed: null });
  await soon(() => expect(text()).toContain(words.hardware.notLoadedYet));
  world.hardware = { ...world.hardware, kernels: { used: 'AMX', crashed: null } };
  await queryClient.invalidateQueries();
  await soon(() => expect(text()).toContain('AMX'));
  expect(text()).not.toContain(words.hardware.notLoadedYet);
  expect(again(), 'nothing crashed').toBeUndefined();
});

it('kernels that crashed can be tried again', async () => {
  show({ used: 'AVX-512 with VNNI and BF16', crashed: 'AMX' });
  await soon(() => expect(text()).toContain('Kernels for AMX crashed on this machine and are left alone'));
  again()?.click();
  await soon(() => expect(again()).toBeUndefined());
  expect((await host.call('hardware.get', {})).kernels.crashed).toBeNull();
  expect(text(), 'those in use stay').toContain('AVX-512 with VNNI and BF16');
});

it('what loads were said to take stands beside what they took', async () => {
  world.loads = [
    {
      name: 'Qwen3 4B',
      quantisation: 'Q4_K_M',
      engine: 'llama.cpp',
      context: 8_192,
      predicted_bytes: 4 * 2 ** 30,
      measured_bytes: 5 * 2 ** 30,
      at: Date.UTC(2026, 10, 21),
    },
  ];
  show({ used: null, crashed: null });
  await soon(() => expect(text()).toContain('Qwen3 4B · Q4_K_M'));
  expect(text()).toContain(format.memory(4 * 2 ** 30));
  expect(text()).toContain(format.memory(5 * 2 ** 30));
  expect(text(), 'by how much it was off').toContain(format.percent(0.2));
});

it('what is in use moves while the page is open, and is told in words', async () => {
  const machine = { memory_bytes: 16 * 2 ** 30, disk: { total_bytes: 512e9, free_bytes: 100e9 } };
  world.hardware = { ...world.hardware, ...machine, instructions: ['AVX2', 'AVX-512 VNNI'] };
  world.lookEveryMs = 20;
  world.look = (count) => ({
    processor: count === 0 ? 0.8 : 0.25,
    memory_bytes: machine.memory_bytes,
    memory_free_bytes: 4 * 2 ** 30,
    models_bytes: 2 ** 30,
    gpus: [],
    disk: { ...machine.disk, free_bytes: 90e9 },
  });
  show({ used: null, crashed: null });
  const curve = `Processor, the last minute: between ${format.percent(0.25)} and ${format.percent(0.8)}`;
  await soon(() =>
    expect(document.querySelector(`[role="img"][aria-label="${curve}"] path[d^="M"]`)).not.toBeNull(),
  );
  expect(text()).toContain(format.percent(0.25));
  expect(text()).toContain(words.hardware.of(format.memory(12 * 2 ** 30), format.memory(16 * 2 ** 30)));
  expect(text()).toContain(words.hardware.models(format.memory(2 ** 30)));
  expect(text(), 'the disk is live too').toContain(
    words.hardware.disk(format.bytes(90e9), format.bytes(512e9)),
  );
  expect(document.querySelector('[aria-live], [role="status"]'), 'nobody is told every second').toBeNull();
  const chips = [...document.querySelectorAll('dd li')].map((chip) => chip.textContent);
  expect(chips).toEqual(['AVX2', 'AVX-512 VNNI']);
});

it('a processor without any of the instructions says so, and a disk that is not told too', async () => {
  world.hardware = { ...world.hardware, instructions: [], disk: null };
  show({ used: null, crashed: null });
  await soon(() => expect(text()).toContain(hardwareWords.noInstructions));
  expect(text()).toContain(words.hardware.unknownDisk);
});

it('cards are told with their driver and whose memory they use', async () => {
  const card = { name: 'Iris Xe', memory_bytes: null, shares_memory: true, driver: 'i915' };
  world.hardware = { ...world.hardware, gpus: [card] };
  show({ used: null, crashed: null });
  await soon(() => expect(text()).toContain('Iris Xe · shares the machine’s memory · driver i915'));
});

it('before the first load the table says what it is for', async () => {
  show({ used: null, crashed: null });
  await soon(() => expect(text()).toContain(words.loads.none));
});
