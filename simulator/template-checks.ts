// Judges the body of a call that creates or updates a template.
// Each rule says where it is from: P published, O observed, S stricter than anything known, where documents are silent.
import { type Account, findPhoneRefusals, refuseParameter } from './checks.ts';
import { codes, type Refusal } from './codes.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A file ID that was given out. */
export type IssuedId = {
  readonly accessKey: string;
  readonly phone: string;
  readonly contentType: string;
  /** Unix seconds, or undefined for one that states no expiry. */
  readonly expiresAt: number | undefined;
};

/** A template that exists. */
export type KnownTemplate = {
  readonly accessKey: string;
  readonly phone: string;
  readonly name: string;
  readonly language: string;
  /** When it was edited, in milliseconds. */
  readonly edits: readonly number[];
};

/** What a body is judged against. */
export type TemplateKnowledge = {
  readonly account: Account | undefined;
  readonly issuedIds: ReadonlyMap<string, IssuedId>;
  readonly templates: ReadonlyMap<string, KnownTemplate>;
  /** In milliseconds. */
  readonly now: number;
};

/** What a sample of each format may be; other formats take none (P). */
const sampleTypes: Readonly<Record<string, readonly string[]>> = {
  IMAGE: ['image/jpeg', 'image/png'],
  VIDEO: ['video/mp4'],
  DOCUMENT: ['application/pdf'],
};

const day = 86_400_000;

/** The object that a body is, or undefined when it is none. */
export function parseTemplateBody(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Everything wrong with the body of a call, the most telling first. */
export function findTemplateRefusals(
  action: string,
  body: JsonObject,
  knowledge: TemplateKnowledge,
): Refusal[] {
  return [
    ...findFieldFlaws(body).map(refuseParameter),
    ...findPhoneRefusals(findText(body, 'business_phone'), knowledge.account),
    ...(action === 'updateTemplate'
      ? findUpdateRefusals(body, knowledge)
      : findCreateRefusals(body, knowledge)),
    ...findComponentRefusals(body.components, 'components', {
      ...knowledge,
      phone: findText(body, 'business_phone'),
    }),
  ];
}

/** The text of a field, empty when it is none. */
export function findText(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findFieldFlaws(body: JsonObject): string[] {
  const flaws: string[] = [];
  // P: the vendor's page of the call requires each. It does not tell the form of an appkey, so any text passes.
  if (findText(body, 'appkey') === '') flaws.push('missing field appkey');
  if (body.messaging_product !== 'whatsapp') flaws.push('messaging_product must be whatsapp');
  if (!/^[a-z0-9_]{1,512}$/.test(findText(body, 'name'))) flaws.push('name must be of a-z, 0-9 and _');
  if (!/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/.test(findText(body, 'language')))
    flaws.push('language must be a code like en_US');
  if (!['MARKETING', 'UTILITY', 'AUTHENTICATION'].includes(findText(body, 'category')))
    flaws.push('category must be MARKETING, UTILITY or AUTHENTICATION');
  return flaws;
}

function findCreateRefusals(body: JsonObject, { account, templates }: TemplateKnowledge): Refusal[] {
  // S: nobody tells what an ID does here.
  if (body.template_id !== undefined) return [refuseParameter('a new template has no template_id')];
  // P, Meta: name and language tell templates apart. O: the code, which public programs read so.
  const isTaken = [...templates.values()].some(
    (known) =>
      known.accessKey === account?.accessKey &&
      known.phone === body.business_phone &&
      known.name === body.name &&
      known.language === body.language,
  );
  return isTaken ? [refuseAsMeta(2388024, 'there is a template of this name in this language')] : [];
}

function findUpdateRefusals(body: JsonObject, { account, templates, now }: TemplateKnowledge): Refusal[] {
  // S: as text, since a number may have more digits than JSON's readers keep.
  const known = templates.get(findText(body, 'template_id'));
  if (known === undefined || known.accessKey !== account?.accessKey || known.phone !== body.business_phone) {
    return [refuseParameter('template_id must be the ID, as text, of a template of this number')];
  }
  const refusals: Refusal[] = [];
  // P, Meta: an edit changes neither.
  if (known.name !== body.name || known.language !== body.language)
    refusals.push(refuseParameter(`name and language must stay ${known.name} and ${known.language}`));
  // P, Meta, of approved templates; S: every template counts as approved the moment it is sent.
  const editsWithin = (days: number) => known.edits.filter((at) => now - at < days * day).length;
  if (editsWithin(1) >= 1 || editsWithin(30) >= 10)
    refusals.push(refuseAsMeta(100, 'a template may be edited once in 24 hours and ten times in 30 days'));
  return refusals;
}

type Owner = TemplateKnowledge & { readonly phone: string };

function findComponentRefusals(components: unknown, place: string, owner: Owner): Refusal[] {
  // S: a template has at least a body.
  if (!Array.isArray(components) || components.length === 0)
    return [refuseParameter(`${place} must be a list with something in it`)];
  return components.flatMap((component: unknown, index) => {
    const here = `${place}[${index}]`;
    if (!isObject(component) || findText(component, 'type') === '')
      return [refuseParameter(`${here} must be an object with a type`)];
    const { cards } = component;
    if (cards !== undefined && !Array.isArray(cards))
      return [refuseParameter(`${here}.cards must be a list`)];
    return [
      ...findSampleRefusals(component, here, owner),
      ...(cards ?? []).flatMap((card: unknown, at: number) =>
        findComponentRefusals(
          isObject(card) ? card.components : undefined,
          `${here}.cards[${at}].components`,
          owner,
        ),
      ),
    ];
  });
}

function findSampleRefusals(component: JsonObject, here: string, owner: Owner): Refusal[] {
  const example = isObject(component.example) ? component.example : {};
  const { header_handle: handle, custom_header_handle_url: address } = example;
  const types = sampleTypes[findText(component, 'format')];
  // P: the address wins; S: sending both is refused, as the upload would be unused in silence.
  if (handle !== undefined && address !== undefined)
    return [
      refuseParameter(`${here}: custom_header_handle_url beside header_handle leaves the latter unused`),
    ];
  if (handle === undefined && types === undefined) return [];
  // S: nobody tells what a sample does elsewhere.
  if (types === undefined)
    return [refuseParameter(`${here}: only IMAGE, VIDEO and DOCUMENT take header_handle`)];
  if (address !== undefined) {
    // P; S: over https alone.
    const isAddress = typeof address === 'string' && /^https:\/\/[^/\s]+\/\S*$/.test(address);
    return isAddress ? [] : [refuseParameter(`${here}: custom_header_handle_url must be an address`)];
  }
  // O: 2388273 where an image's is missing, 100 where that of a document or a video is.
  if (handle === undefined)
    return [refuseAsMeta(component.format === 'IMAGE' ? 2388273 : 100, `${here}: the sample is missing`)];
  // P: NXCloud takes a string, unlike Meta.
  if (typeof handle !== 'string') return [refuseParameter(`${here}: header_handle must be a string`)];
  return findHandleRefusals(handle, types, here, owner);
}

function findHandleRefusals(handle: string, types: readonly string[], here: string, owner: Owner): Refusal[] {
  const issued = owner.issuedIds.get(handle);
  // O for an address in its place, and that IDs belong to account and number; S: all else that is no ID is refused so.
  if (issued === undefined || issued.accessKey !== owner.account?.accessKey || issued.phone !== owner.phone)
    return [refuseAsMeta(2388273, `${here}: header_handle is no file ID of this account and number`)];
  // O that IDs state an expiry; S: it is taken by the second.
  if (issued.expiresAt !== undefined && issued.expiresAt * 1000 <= owner.now)
    return [refuseAsMeta(2388273, `${here}: the file ID has expired`)];
  // S
  return types.includes(issued.contentType)
    ? []
    : [refuseAsMeta(2388273, `${here}: the sample is ${issued.contentType}, not ${types.join(' or ')}`)];
}

/** An error of Meta's, handed on: its code stands in `data.error` (O). */
function refuseAsMeta(code: number, message: string): Refusal {
  return { code: codes.metaError, message, error: { code, message } };
}
