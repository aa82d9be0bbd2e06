// A template's samples: the file IDs of assets in the place of their paths. Pure.
import { type AssetType, classifyName } from '../assets/asset-type.ts';
import type { Asset } from '../assets/judge.ts';
import type { Unusable } from '../assets/discover.ts';
import { foldPath } from '../files/paths.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { findIdFault, parseStatedExpiry } from '../nxcloud/file-id.ts';
import { findExpiry, findUploadReason } from '../plan.ts';
import { neutralise, quoteValue } from '../text/text.ts';

/** What is known of the assets that a template may name. */
export interface Samples {
  readonly manifest: Manifest;
  /** What messages call the manifest. */
  readonly place: string;
  /** What the files hold, of those that are there, by path. */
  readonly contents: ReadonlyMap<string, Pick<Asset, 'sha256'> | Pick<Unusable, 'reason'>>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The template with an ID in each place, or everything that is in the way of it, each with its place. */
export type Filling = { readonly filled: unknown } | { readonly faults: readonly string[] };

type JsonObject = Readonly<Record<string, unknown>>;

/** The types of sample that a header of this format takes; other formats have none. */
const SAMPLE_TYPES: ReadonlyMap<string, readonly AssetType[]> = new Map([
  ['IMAGE', ['image/jpeg', 'image/png']],
  ['VIDEO', ['video/mp4']],
  ['DOCUMENT', ['application/pdf']],
]);

const UPLOAD_AGAIN = 'upload it again, then fill the template from the new manifest';

/** Every `header_handle` that is text, of the cards of carousels as well. */
export function listHandles(template: unknown): readonly string[] {
  const handles: string[] = [];
  mapComponents(template, (component) => {
    const handle = findHandle(component);
    if (typeof handle === 'string') handles.push(handle);
    return component;
  });
  return handles;
}

/**
 * Puts the ID of each asset in the place of its path, and takes out the address beside it, which would win. IDs stay, and
 * so does everything else. NXCloud takes a text there, so the list of one that Meta's own API takes becomes one.
 */
export function fillTemplate(template: unknown, samples: Samples): Filling {
  const faults: string[] = [];
  const filled = mapComponents(template, (component, place) => {
    const fault = findComponentFault(component, samples);
    if (fault !== undefined) faults.push(`${place}${fault}`);
    const handle = findHandle(component);
    if (fault !== undefined || typeof handle !== 'string') return component;
    const { custom_header_handle_url: _, ...example } = component.example as JsonObject;
    const id = samples.manifest.get(handle)?.id ?? handle;
    return { ...component, example: { ...example, header_handle: id } };
  });
  if (filled === undefined) return { faults: ['it has no list `components`'] };
  return faults.length === 0 ? { filled } : { faults };
}

/** The template with its components replaced; undefined when it has no list of them. */
function mapComponents(
  template: unknown,
  replace: (component: JsonObject, place: string) => JsonObject,
  base = '',
): unknown {
  if (!isObject(template) || !Array.isArray(template.components)) return undefined;
  const components = template.components.map((component: unknown, index) => {
    if (!isObject(component)) return component;
    const place = `${base}components[${index}]`;
    const { cards } = component;
    if (!Array.isArray(cards)) return replace(component, place);
    const replaced = cards.map(
      (card: unknown, at) => mapComponents(card, replace, `${place}.cards[${at}].`) ?? card,
    );
    return replace({ ...component, cards: replaced }, place);
  });
  return { ...template, components };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands in a component's `header_handle`; of a list of one, the one. */
function findHandle({ example }: JsonObject): unknown {
  if (!isObject(example)) return undefined;
  const handle = example.header_handle ?? undefined;
  return Array.isArray(handle) && handle.length === 1 ? handle[0] : handle;
}

/** What is in the way of a component's sample, from the place inside the component on; undefined where nothing is. */
function findComponentFault(component: JsonObject, samples: Samples): string | undefined {
  const format = String(component.format).toUpperCase();
  const types = SAMPLE_TYPES.get(format);
  const handle = findHandle(component);
  const { example } = component;
  if (handle === undefined && isObject(example) && (example.custom_header_handle_url ?? '') !== '') {
    return (
      '.example.custom_header_handle_url: NXCloud would take the sample from this address, and no file ID; ' +
      'take it out, and give `header_handle` the path of the asset'
    );
  }
  if (handle === undefined) {
    const remedy = 'give it `"example": { "header_handle": "…" }` with the path of the asset';
    return types && `: a header of format ${format} needs a sample; ${remedy}`;
  }
  const fault =
    typeof handle === 'string'
      ? findHandleFault(handle, types, samples)
      : 'it is neither a text nor a list of one text; give the path of one asset';
  return fault && `.example.header_handle: ${fault}`;
}

function findHandleFault(
  handle: string,
  types: readonly AssetType[] | undefined,
  samples: Samples,
): string | undefined {
  const entry = samples.manifest.get(handle);
  if (entry === undefined) {
    if (!isFileId(handle)) return describeUnknownHandle(handle, samples);
    const expiry = parseStatedExpiry(handle) ?? Number.POSITIVE_INFINITY;
    if (expiry > samples.now) return undefined;
    return `this file ID expired at ${new Date(expiry).toISOString()}; give the path of the asset`;
  }
  const fault =
    types === undefined || types.includes(entry.type)
      ? findEntryFault(handle, entry, samples)
      : `is ${entry.type}, and a header of this format takes ${types.join(' or ')}; name another asset, or correct \`format\``;
  return fault && `${quoteValue(handle)} ${fault}`;
}

/** Whether a text has the known form of a file ID, which no path of an asset has: its extension would take a dot. */
function isFileId(text: string): boolean {
  return findIdFault(text) === undefined && text.split('\n').every((line) => /^\d+:[\w+/=:-]+$/.test(line));
}

/** Why the entry of an asset is not current, as far as the manifest and the file tell. */
function findEntryFault(path: string, entry: ManifestEntry, samples: Samples): string | undefined {
  const { now } = samples;
  const content = samples.contents.get(path);
  if (content && 'reason' in content)
    return `cannot be compared with what was uploaded: ${neutralise(content.reason)}`;
  const named = classifyName(path);
  const type = named && 'type' in named ? named.type : entry.type;
  const rules = { target: undefined, now, maxAge: undefined, renewBefore: 0 };
  const reason = findUploadReason({ sha256: (content ?? entry).sha256, type }, entry, rules);
  if (reason === undefined) return undefined;
  if (reason === 'changed') return `has changed since its ID was made; ${UPLOAD_AGAIN}`;
  if (reason === 'mismatch') return `has an ID that names another file; ${UPLOAD_AGAIN}`;
  const expiry = findExpiry(entry) ?? Number.POSITIVE_INFINITY;
  return expiry <= now
    ? `has an ID that expired at ${new Date(expiry).toISOString()}; ${UPLOAD_AGAIN}`
    : `has an ID of the future (${entry.uploadedAt}), so nobody knows when it expires; ${UPLOAD_AGAIN}`;
}

/** What a handle is that is neither an asset of the manifest nor an ID. */
function describeUnknownHandle(handle: string, samples: Samples): string {
  const quoted = quoteValue(handle);
  if (handle === '') return 'it is empty; give the path of an asset';
  if (/^[a-z][a-z\d+.-]+:/i.test(handle))
    return `${quoted} is an address, which is refused in the place of a file ID (2388273); give the path of an asset`;
  if (/^\d+$/.test(handle))
    return `${quoted} is no file ID, and perhaps a media ID, which is for sending messages; give the path of an asset`;
  const meant = suggestPath(handle, samples.manifest);
  const remedy =
    meant === undefined
      ? 'correct the path, or upload the asset first'
      : `paths begin at the root of the repository: write ${quoteValue(meant)}`;
  return `${quoted} is not in ${samples.place} and is no file ID; ${remedy}`;
}

/** The one asset that a path may mean: with backslashes, in other letters, or as seen from a folder or a root. */
function suggestPath(handle: string, manifest: Manifest): string | undefined {
  const end = foldPath(`/${handle.replaceAll('\\', '/').replace(/^(?:\.{0,2}\/)+/, '')}`);
  const meant = [...manifest.keys()].filter((path) => foldPath(`/${path}`).endsWith(end));
  return meant.length === 1 ? meant[0] : undefined;
}
