// The hub as the world in memory knows it: searching, cards, fits, the token.
import type {
  Fit,
  HubFits,
  HubItem,
  HubItemState,
  HubPage,
  HubRow,
  HubSearch,
  SizeClass,
} from '../../contract/bindings';
import { HostError } from '../host';
import type { CallParts, Handlers } from './calls';
import { APACHE, GEMMA, items, README, recommended, rows } from './hubSeed';
import { NEWEST } from './modelSeed';
import { missing, type World } from './world';

const HUB = 'huggingface.co';
const PAGE = 25;

const LARGEST: Record<SizeClass, number> = { small: 3e9, medium: 9e9, large: 35e9, huge: Infinity };
const SIZES: SizeClass[] = ['small', 'medium', 'large', 'huge'];

const sizeOf = (parameters: number) => SIZES.find((size) => parameters <= LARGEST[size]);

function found(search: HubSearch): HubRow[] {
  const wanted = search.words.toLowerCase().split(/\s+/);
  return rows()
    .filter(
      (row) =>
        wanted.every((word) => `${row.repo} ${row.name}`.toLowerCase().includes(word)) &&
        (search.format === null || row.formats.includes(search.format)) &&
        (!search.free_licence || row.free_licence) &&
        (!search.vision || row.vision) &&
        (!search.tools || row.tools) &&
        (!search.fits || (row.parameters ?? 0) < 12e9) &&
        (search.size === null || sizeOf(row.parameters ?? 0) === search.size),
    )
    .sort((a, b) => (search.sort === 'likes' ? b.likes - a.likes : b.downloads - a.downloads));
}

function page(search: HubSearch): HubPage {
  const link =
    /^(?:https:\/\/huggingface\.co\/)?([\w.-]+\/[\w.-]+)(?:\/(?:blob|resolve|tree)\/([^/]+)\/(.+))?$/.exec(
      search.words.trim(),
    );
  const exact = rows().find(({ repo }) => repo === link?.[1]);
  if (exact)
    return {
      rows: [exact],
      cursor: null,
      exact: { repo: exact.repo, revision: link?.[2] ?? null, item: link?.[3] ?? null },
    };
  const all = found(search);
  const from = Number(search.cursor ?? 0);
  return {
    rows: all.slice(from, from + PAGE),
    cursor: from + PAGE < all.length ? String(from + PAGE) : null,
    exact: null,
  };
}

/** The size that the world's machine has room for. */
const BUDGET = 11.2e9;

function fitOf({ size_bytes }: HubItem): Fit {
  const needs = size_bytes * 1.02 + 1.1e9;
  const fits = needs < BUDGET;
  const longest = Math.floor((BUDGET - needs) / 0.18e6);
  return {
    verdict: !fits
      ? { kind: 'does_not_fit' }
      : longest < 16_384
        ? { kind: 'fits_up_to', tokens: longest }
        : { kind: 'fits' },
    needs_bytes: needs,
    loading_bytes: needs * 1.1,
    per_1k_bytes: 0.18e9,
    budget_bytes: BUDGET,
    context: 8192,
    longest_context: fits ? longest : null,
    speed: fits ? { from: 25e9 / size_bytes, to: 32e9 / size_bytes } : null,
    learnt_from: 2,
    engine: 'llama.cpp',
    refusal: null,
  };
}

/** Where a file stands: on its way, here, or neither. */
function stateOf(world: World, repo: string, item: HubItem): HubItemState {
  const alike = (one: { quantisation: string | null }) => one.quantisation === item.quantisation;
  const download = world.downloads.find(
    (one) => one.state.kind !== 'done' && one.repo === repo && alike(one),
  );
  if (download) return { kind: 'downloading', download: download.id };
  const model = world.models.find((one) => one.origin?.repo === repo && alike(one));
  return model ? { kind: 'here', model: model.id } : { kind: 'away' };
}

type HubCalls = Extract<keyof Handlers, `hub.${string}`>;

export function hubCalls({ world, tell }: CallParts): Pick<Handlers, HubCalls> {
  const rowOf = (repo: string) => {
    const row = rows().find((one) => one.repo === repo);
    if (!row) throw missing('repository');
    return row;
  };
  return {
    'hub.search': (search) => {
      world.contact(HUB, 'searching for models', 38_000);
      return page(search);
    },
    'hub.card': ({ repo }) => {
      world.contact(HUB, 'the card of a model', 61_000);
      const row = rowOf(repo);
      return {
        row,
        commit: NEWEST,
        access: !row.gated ? 'open' : world.token.place === 'none' ? 'needs_token' : 'gated',
        licence: row.gated ? GEMMA : APACHE,
        architecture: 'qwen3',
        context_length: 262_144,
        best_for: recommended().find((one) => one.repo === repo)?.best_for ?? null,
        readme: README,
        page: `https://${HUB}/${repo}`,
        items: items(row).map((item) => ({ ...item, state: stateOf(world, repo, item) })),
      };
    },
    'hub.fits': ({ repo }): HubFits => {
      world.contact(HUB, 'the header of a file', 4_200_000);
      const row = rowOf(repo);
      const all = items(row);
      return {
        items: all.map((item) => ({ item: item.item, fit: fitOf(item) })),
        recommended: all[0]?.item ?? null,
        reason: 'Good quality, and room for a long conversation.',
        architecture: 'qwen3',
        parameters: row.parameters,
        context_length: 262_144,
        read_bytes: 4_200_000,
      };
    },
    'hub.recommended': recommended,
    'hub.picks': recommended,
    'hub.token': () => world.token,
    'hub.saveToken': ({ token }) => {
      world.contact(HUB, 'trying the token', 900);
      if (!token.startsWith('hf_'))
        throw new HostError({
          code: 'access_needed',
          message: 'The hub does not know this token. Copy it again, whole.',
          retryable: false,
        });
      world.token = { place: 'keyring', user: 'ana', trouble: null };
      tell([{ tag: 'network' }]);
      return world.token;
    },
    'hub.forgetToken': () => {
      world.token = { place: 'none', user: null, trouble: null };
      tell([{ tag: 'network' }]);
      return world.token;
    },
  };
}
