// Hands the library to the test that drives the page.
import { create } from '@bufbuild/protobuf';
import * as library from '@solotrial/client';

declare global {
  var solotrial: typeof library & { create: typeof create };
}

globalThis.solotrial = { ...library, create };
