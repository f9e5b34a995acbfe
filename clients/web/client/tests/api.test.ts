import { readdirSync, readFileSync } from 'node:fs';
import { getOption } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import * as api from '../src/api.js';
import { OPEN_METHODS } from '../src/engine.js';

test('the whole API is exported', () => {
  const source = new URL('../src/', import.meta.url);
  const exported = readFileSync(new URL('api.ts', source), 'utf8');
  const files = readdirSync(new URL('gen/solotrial/v1/', source));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) expect(exported).toContain(`/${file.replace('.ts', '.js')}'`);
});

test('no credential goes with what the protos say needs none, and with everything else', () => {
  const services = Object.values(api).filter(
    (one) => typeof one === 'object' && 'kind' in one && one.kind === 'service',
  );
  const open = services.flatMap(({ methods }) =>
    methods.filter((one) => getOption(one, api.roles).allowed.includes(api.Role.ANYONE)),
  );
  expect(new Set(open.map((one) => one.localName))).toEqual(OPEN_METHODS);
});
