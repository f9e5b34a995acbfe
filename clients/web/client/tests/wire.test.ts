// Bytes that were written at a released level of the API are read and written back for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import * as api from '../src/api.js';

interface Row {
  readonly type: string;
  readonly bytes: string;
  readonly message: JsonValue;
}

const golden = new URL('../../../../tests/golden/wire/', import.meta.url);
const files = readdirSync(golden);

test('there is a file of golden bytes', () => {
  expect(files).toContain('level-1.json');
});

describe.each(files)('%s', (file) => {
  const rows = JSON.parse(readFileSync(new URL(file, golden), 'utf8')) as Row[];
  test.each(rows.map((row, i) => [i, row.type, row] as const))('%d: %s', (_i, type, row) => {
    const schema = (api as unknown as Record<string, DescMessage>)[`${type}Schema`]!;
    const bytes = Buffer.from(row.bytes, 'base64');
    const message = fromBinary(schema, bytes);
    expect(toJson(schema, message)).toEqual(row.message);
    expect(Buffer.from(toBinary(schema, message)).equals(bytes)).toBe(true);
    expect(fromJson(schema, row.message)).toEqual(message);
    // What a newer level adds, here a text as field 2000, is kept.
    const newer = Buffer.concat([bytes, Buffer.from('827d0161', 'hex')]);
    expect(Buffer.from(toBinary(schema, fromBinary(schema, newer))).equals(newer)).toBe(true);
  });
});
