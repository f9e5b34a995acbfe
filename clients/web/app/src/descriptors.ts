// Descriptors for protobuf-es and Connect, from the short form that the build writes in the place of
// generated code (build/descriptors.ts): only what the binary form needs, and of a message nothing
// before it is first used.
import type { DescMessage, DescMethod, DescService, ScalarType } from '@bufbuild/protobuf';

/** Scalar types by their letter; their numbers are protobuf's own. */
export const letters: Readonly<Record<string, ScalarType>> = {
  b: 8,
  d: 1,
  f: 2,
  i: 5,
  l: 3,
  s: 9,
  u: 13,
  v: 4,
  y: 12,
};
const EXPLICIT = 1;
const IMPLICIT = 2;
// All enums are proto3's: open, and the first value is 0.
const anyEnum = { kind: 'enum', open: true, values: [{ number: 0 }] };
const file = { kind: 'file', edition: 999 };

type References = () => readonly DescMessage[];
type Members = Pick<DescMessage, 'fields' | 'field' | 'oneofs' | 'members'>;

/**
 * A message. `form` has a word for each field: its name; where it is not the next one `=` and its
 * number; `:` and its type, a letter of `letters`, `e` for an enum or `m` for a message, which is the next of
 * `references` (without, it is a string); `*` for a list, `?` for one whose absence means something,
 * `%` and a letter for a map with such keys; `|` and its oneof.
 */
export function message(typeName: string, form: string, references?: References): DescMessage {
  let members: Members | undefined;
  const desc = { kind: 'message', typeName, file, toString: () => typeName };
  for (const name of ['fields', 'field', 'oneofs', 'members'] as const) {
    Object.defineProperty(desc, name, {
      get: () =>
        (members ??= read(desc as unknown as DescMessage, form, references?.() ?? []))[name],
    });
  }
  return desc as unknown as DescMessage;
}

function read(parent: DescMessage, form: string, references: readonly DescMessage[]): Members {
  const made = {
    fields: [] as unknown[],
    field: {},
    oneofs: [] as unknown[],
    members: [] as unknown[],
  };
  const oneofs: Record<string, { fields: unknown[] }> = {};
  let number = 0;
  let next = 0;
  for (const word of form ? form.split(' ') : []) {
    const [, name, jump, type, mark, key, group] =
      /^(\w+)(?:=(\d+))?(?::(\w)(?:([*?])|%(\w))?)?(?:\|(\w+))?$/.exec(word) as string[];
    number = jump ? Number(jump) : number + 1;
    const kind = type === 'm' ? 'message' : type === 'e' ? 'enum' : 'scalar';
    const scalar = kind === 'scalar' ? letters[type ?? 's'] : undefined;
    const message = type === 'm' ? references[next++] : undefined;
    const many = mark === '*';
    let oneof;
    if (group && !(oneof = oneofs[group])) {
      oneof = oneofs[group] = {
        kind: 'oneof',
        name: group,
        localName: group,
        parent,
        fields: [],
      } as never;
      made.oneofs.push(oneof);
      made.members.push(oneof);
    }
    const field = {
      kind: 'field',
      name,
      localName: name,
      number,
      parent,
      fieldKind: many ? 'list' : key ? 'map' : kind,
      listKind: many ? kind : undefined,
      mapKind: key ? kind : undefined,
      mapKey: key && letters[key],
      scalar,
      message,
      enum: type === 'e' ? anyEnum : undefined,
      oneof,
      presence: !many && !key && (mark || oneof || message) ? EXPLICIT : IMPLICIT,
      packed: many && !message && scalar !== letters.s && scalar !== letters.y,
      delimitedEncoding: false,
      longAsString: false,
      utf8Validation: true,
      getDefaultValue() {},
    };
    made.fields.push(field);
    (made.field as Record<string, unknown>)[name as string] = field;
    (oneof ?? made).fields === made.fields ? made.members.push(field) : oneof?.fields.push(field);
  }
  return made as unknown as Members;
}

/** A service: `form` has the name of each method, with a `*` where answers are a stream;
 * `references` what each takes and answers. */
export function service(typeName: string, form: string, references: References): DescService {
  const desc = { kind: 'service', typeName, methods: [] as DescMethod[] };
  const types = references();
  form.split(' ').forEach((word, index) => {
    const localName = word.replace('*', '');
    desc.methods.push({
      kind: 'rpc',
      name: localName.replace(/^./, (first) => first.toUpperCase()),
      localName,
      parent: desc,
      methodKind: localName === word ? 'unary' : 'server_streaming',
      input: types[2 * index],
      output: types[2 * index + 1],
    } as unknown as DescMethod);
  });
  return desc as unknown as DescService;
}
