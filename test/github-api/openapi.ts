// Checks requests and replies against GitHub's published OpenAPI description.
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

/** Plain JSON, as it goes over the wire. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** An operation found for a request. */
export interface Operation {
  /** For example `pulls/create`. */
  readonly id: string;
  readonly path: string;
  readonly method: string;
  /** Decoded values of the path's placeholders. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: JsonObject;
}

interface Content {
  readonly schema?: JsonObject;
  readonly examples?: Readonly<Record<string, Reference>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> } | Reference>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const description: Description = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8'));
// Optimizing the code of validators takes longer than they run.
const options = { strict: false, validateFormats: false, code: { optimize: false } } as const;
const ajv = new Ajv({ ...options, coerceTypes: false });
ajv.addSchema({ $id: 'openapi', ...description });
const coercing = new Ajv({ ...options, coerceTypes: true });
/** Validators of parameters by their schemas, each compiled once. */
const parameterValidators = new Map<JsonObject, ValidateFunction>();
const validators = new Map<string, ValidateFunction>();

/** Finds the operation of a request, or undefined when the stand-in does not know it. `path` is still encoded. */
export function findOperation(method: string, path: string): Operation | undefined {
  const parts = path.split('/');
  for (const [template, item] of Object.entries(description.paths)) {
    const operation = item[method.toLowerCase()];
    if (operation === undefined) continue;
    const names = template.split('/');
    const last = names.length - 1;
    // GitHub takes slashes in the last placeholder: refs, paths and comparisons have them.
    const values = [...parts.slice(0, last), parts.slice(last).join('/')];
    if (values.length !== names.length || values[last] === '') continue;
    const parameters: Record<string, string> = {};
    const matches = names.every((name, index) => {
      const value = values[index] ?? '';
      if (!name.startsWith('{')) return name === value;
      parameters[name.slice(1, -1)] = decodeURIComponent(value);
      return value !== '';
    });
    if (matches)
      return { id: operation.operationId, path: template, method: method.toLowerCase(), parameters };
  }
  return undefined;
}

/** What is wrong with a request by the description; empty when nothing is. */
export function findRequestFaults(
  operation: Operation,
  query: URLSearchParams,
  body: Json,
): readonly string[] {
  const described = describedOperation(operation);
  const faults: string[] = [];
  const parameters = described.parameters.map((parameter) =>
    '$ref' in parameter ? (resolveReference(parameter) as Parameter) : parameter,
  );
  for (const name of query.keys()) {
    if (!parameters.some((parameter) => parameter.in === 'query' && parameter.name === name)) {
      faults.push(`${operation.id} has no query parameter ${name}`);
    }
  }
  for (const parameter of parameters) {
    const value = parameter.in === 'path' ? operation.parameters[parameter.name] : query.get(parameter.name);
    if (value === undefined || value === null) {
      if (parameter.required === true) faults.push(`${operation.id} needs the parameter ${parameter.name}`);
      continue;
    }
    const validate = validatorOf(parameter.schema);
    if (!validate({ value }))
      faults.push(`${operation.id}: parameter ${parameter.name}: ${coercing.errorsText(validate.errors)}`);
  }
  if (described.requestBody === undefined) {
    if (body !== undefined) faults.push(`${operation.id} takes no body`);
  } else {
    faults.push(...check(['paths', operation.path, operation.method, 'requestBody'], body));
  }
  return faults;
}

function validatorOf(schema: JsonObject): ValidateFunction {
  const known = parameterValidators.get(schema);
  const validate = known ?? coercing.compile({ type: 'object', properties: { value: schema } });
  parameterValidators.set(schema, validate);
  return validate;
}

/** What is wrong with a JSON reply by the description; empty when nothing is. */
export function findReplyFaults(operation: Operation, status: number, body: Json): readonly string[] {
  const responses = describedOperation(operation).responses;
  const response = responses[status];
  // 401 and rate limits can meet any operation and are described for none.
  if (response === undefined) return status >= 400 ? [] : [`${operation.id} does not answer ${status}`];
  if ('$ref' in response) return check([...response.$ref.slice(2).split('/')], body);
  if (response.content === undefined) {
    // Some refusals are described without the body that all of them have.
    return body === undefined || status >= 400 ? [] : [`${operation.id} ${status} has no body`];
  }
  return check(['paths', operation.path, operation.method, 'responses', String(status)], body);
}

/** GitHub's own example of a reply, with the given values laid over it. */
export function buildReply(operation: Operation, status: number, values: JsonObject): JsonObject {
  const example = readExample(operation, status);
  return overlay(isObject(example) ? example : {}, values);
}

/** GitHub's own example of an item of a reply that is a list. */
export function readExampleItem(operation: Operation, status: number): JsonObject {
  const example = readExample(operation, status);
  const item: Json = Array.isArray(example) ? example[0] : undefined;
  return isObject(item) ? item : {};
}

function readExample(operation: Operation, status: number): Json {
  const response = describedOperation(operation).responses[status];
  const examples =
    response === undefined || '$ref' in response ? {} : response.content?.['application/json']?.examples;
  const [example] = Object.values(examples ?? {});
  return example === undefined ? undefined : (resolveReference(example) as { value: Json }).value;
}

function overlay(base: JsonObject, values: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(values)) {
    const below = result[key];
    result[key] = isObject(value) && isObject(below) ? overlay(below, value) : value;
  }
  return result;
}

/** Whether a value has fields. */
export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describedOperation(operation: Operation): DescribedOperation {
  const described = description.paths[operation.path]?.[operation.method];
  if (described === undefined)
    throw new Error(`The description has no ${operation.method} ${operation.path}.`);
  return described;
}

function resolveReference(reference: Reference): unknown {
  const [, , group = '', name = ''] = reference.$ref.split('/');
  return description.components[group]?.[name];
}

function check(place: readonly string[], body: Json): readonly string[] {
  const pointer = [...place, 'content', 'application/json', 'schema']
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const known = validators.get(pointer);
  const validate = known ?? ajv.compile({ $ref: `openapi#/${pointer}` });
  validators.set(pointer, validate);
  return validate(body) ? [] : [`${place.join(' ')}: ${ajv.errorsText(validate.errors)}`];
}
