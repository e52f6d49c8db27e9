// The machine in words, for the first start and the settings.

import type { Gpu, Hardware } from '../../contract/bindings';

export const words = {
  processor: 'Processor',
  cores: 'Cores',
  vector: 'Vector instructions',
  noVector: 'none that speed up models',
  memory: 'Memory',
  graphics: 'Graphics cards',
  disk: 'Disk',
  noGraphics: 'no graphics card',
  unknownMemory: 'memory unknown',
} as const;

/** Formats one locale's numbers; made once, because making them is slow. */
function formats(locale?: string) {
  return {
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
    tenths: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
  };
}

const own = formats();

/** Memory as it is sold, in GB of 1,024³ bytes: "16 GB", "23.4 GB", "512 MB". */
export function memoryWords(bytes: number, locale?: string): string {
  const { whole, tenths } = locale === undefined ? own : formats(locale);
  const gigabytes = bytes / 1024 ** 3;
  // Below a tenth short of one, "0.9 GB" says less than megabytes do.
  if (gigabytes < 0.95) return `${whole.format(bytes / 1024 ** 2)} MB`;
  return `${tenths.format(gigabytes)} GB`;
}

/** "2 cores, AVX-512", "1 core". */
export function processorWords(
  { cores, vector }: Pick<Hardware, 'cores' | 'vector'>,
  locale?: string,
): string {
  const { whole } = locale === undefined ? own : formats(locale);
  const counted = `${whole.format(cores)} ${cores === 1 ? 'core' : 'cores'}`;
  return vector === '' ? counted : `${counted}, ${vector}`;
}

/** "23.4 GB memory, 22.1 GB free". */
export function memoryLine(
  hardware: Pick<Hardware, 'memory_bytes' | 'memory_free_bytes'>,
  locale?: string,
): string {
  return `${memoryWords(hardware.memory_bytes, locale)} memory, ${memoryWords(hardware.memory_free_bytes, locale)} free`;
}

/** "NVIDIA H100, 80 GB". */
export function gpuWords(gpu: Gpu, locale?: string): string {
  return gpu.memory_bytes === null ? gpu.name : `${gpu.name}, ${memoryWords(gpu.memory_bytes, locale)}`;
}

/** "no graphics card", the only one, or "2 graphics cards: …", equal ones counted. */
export function graphicsWords(gpus: readonly Gpu[], locale?: string): string {
  if (gpus.length === 0) return words.noGraphics;
  const counted = new Map<string, number>();
  for (const gpu of gpus) {
    const name = gpuWords(gpu, locale);
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return [...counted].map(([name, times]) => (times === 1 ? name : `${times} × ${name}`)).join(' · ');
}
