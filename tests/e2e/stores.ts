// The models of other programs, planted as these programs lay them down: Ollama, LM Studio, Hugging Face's libraries.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A model that really runs. */
export const POCKET = join(import.meta.dirname, '../../src-tauri/resources/models/pocket/Pocket-Q8_0.gguf');

const COMMIT = '1a'.repeat(20);

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function copy(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(POCKET, path);
}

/** A folder as `OLLAMA_MODELS` names it, with `pocket:latest` in it. */
export function plantOllama(folder: string): void {
  const config = JSON.stringify({ model_format: 'gguf', model_family: 'llama', file_type: 'Q8_0' });
  const digest = sha256(readFileSync(POCKET));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${sha256(config)}`,
      size: config.length,
    },
    layers: [
      {
        mediaType: 'application/vnd.ollama.image.model',
        digest: `sha256:${digest}`,
        size: statSync(POCKET).size,
      },
    ],
  };
  write(join(folder, 'manifests/registry.ollama.ai/library/pocket/latest'), JSON.stringify(manifest));
  write(join(folder, 'blobs', `sha256-${sha256(config)}`), config);
  copy(join(folder, 'blobs', `sha256-${digest}`));
}

/** A folder as `HF_HUB_CACHE` names it, with the repository `ada/Little-GGUF` in it. */
export function plantHuggingFace(folder: string): void {
  const repo = join(folder, 'models--ada--Little-GGUF');
  const digest = sha256(readFileSync(POCKET));
  copy(join(repo, 'blobs', digest));
  write(join(repo, 'refs/main'), COMMIT);
  mkdirSync(join(repo, 'snapshots', COMMIT), { recursive: true });
  symlinkSync(join('../../blobs', digest), join(repo, 'snapshots', COMMIT, 'Little-Q8_0.gguf'));
}

/** The home of somebody who uses LM Studio. */
export function plantLmStudio(home: string): void {
  copy(join(home, '.lmstudio/models/ada/Little-GGUF/Little-Q8_0.gguf'));
}
