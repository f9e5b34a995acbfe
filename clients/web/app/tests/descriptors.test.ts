// The short form of descriptors: what the app's sources do not know is carried along unread.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import * as api from '@solotrial/client';
import { expect, test } from 'vitest';
import { shortForm } from '../build/descriptors';

const messages = Object.values(api as Record<string, unknown>).filter(
  (one): one is DescMessage =>
    typeof one === 'object' && one !== null && 'kind' in one && one.kind === 'message',
);

/** A message with something in every field, two levels deep. */
function filled(desc: DescMessage, depth = 2): Record<string, unknown> {
  const value = (field: DescMessage['fields'][number]): unknown => {
    if (field.message) return depth > 0 ? filled(field.message, depth - 1) : {};
    if (field.enum) return 1;
    switch (field.scalar) {
      case 9:
        return `${field.localName}, Grüße`;
      case 12:
        return new Uint8Array([1, 0, 255]);
      case 8:
        return true;
      case 3:
      case 4:
        return 1234567890123n;
      case 1:
        return -2.5;
      default:
        return 7;
    }
  };
  const message: Record<string, unknown> = {};
  for (const field of desc.fields) {
    const one =
      field.fieldKind === 'list'
        ? [value(field), value(field)]
        : field.fieldKind === 'map'
          ? { key: value(field) }
          : value(field);
    if (field.oneof) message[field.oneof.localName] = { case: field.localName, value: one };
    else message[field.localName] = one;
  }
  return message;
}

test('there are messages to compare', () => expect(messages.length).toBeGreaterThan(150));

test.each(messages.map((desc) => [desc.typeName, desc] as const))('%s', (_, desc) => {
  const sent = toBinary(desc, create(desc, filled(desc)));
  // With all names known, every field is read as protobuf-es reads it.
  const whole = shortForm(desc, () => true);
  expect(fromBinary(whole, sent)).toEqual(fromBinary(desc, sent));
  expect(toBinary(whole, create(whole, filled(desc)))).toEqual(sent);
  // With some or none of them, nothing is lost on the way through.
  for (const known of [(name: string) => name.length % 2 === 0, () => false]) {
    const short = shortForm(desc, known);
    const passed = toBinary(short, fromBinary(short, sent));
    expect(fromBinary(desc, passed)).toEqual(fromBinary(desc, sent));
  }
});
