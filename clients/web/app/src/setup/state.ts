// What was said so far while setting up, kept on this phone so that it can be gone on with.
import {
  SafetyAnswer_Answer,
  type DraftProtocolRequest,
  type Protocol,
  type ProtocolDraft,
} from '@solotrial/client';
import { create } from '@bufbuild/protobuf';
import { DraftProtocolRequestSchema } from '@solotrial/client';
import { client } from '../client';
import { clearDraft, keepDraft, readDraft } from '../drafts';
import { locale } from '../text/text';
import { phoneZone } from '../screens/zone_hint';

export type Answered = 'YES' | 'NO' | 'NOT_SURE';

/** The designs differ in these; the draft has the rest. */
export interface Length {
  blockDays: number;
  pairs: number;
  runInDays: number;
}

export interface Setup {
  step: number;
  symptom: string;
  intervention: string;
  own: string;
  form: string;
  dose: string;
  salt: boolean;
  count: string;
  instruction: string;
  menstruates: '' | 'yes' | 'no';
  usual: string;
  region: '' | 'EU' | 'US';
  answers: Record<string, Answered>;
  acknowledged: string[];
  length: Length | undefined;
  blinded: boolean;
  offInstruction: string;
  /** `trials/{uuid}` of the stored draft, once there is one. */
  trial: string;
}

export const steps = 8;

const fresh: Setup = {
  step: 0,
  symptom: '',
  intervention: '',
  own: '',
  form: '',
  dose: '',
  salt: false,
  count: '',
  instruction: '',
  menstruates: '',
  usual: '',
  region: '',
  answers: {},
  acknowledged: [],
  length: undefined,
  blinded: false,
  offInstruction: '',
  trial: '',
};

const key = 'setup';

export const readSetup = (): Setup => ({ ...fresh, ...readDraft<Setup>(key) });
export function keepSetup(setup: Setup): void {
  keepDraft(key, setup);
}
export function clearSetup(): Setup {
  clearDraft(key);
  return fresh;
}

const decimal = (text: string): number | undefined => {
  const value = Number(text.replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
};

/** The request for a draft of what was said so far. */
export function draftRequest(setup: Setup): DraftProtocolRequest {
  const dose = decimal(setup.dose);
  const count = decimal(setup.count);
  const usual = decimal(setup.usual);
  return create(DraftProtocolRequestSchema, {
    symptom: setup.symptom,
    intervention: setup.own ? '' : setup.intervention,
    ownIntervention: setup.own,
    form: setup.form,
    ...(dose !== undefined ? { doseMg: dose } : {}),
    ...(setup.salt ? { doseOfCompound: true } : {}),
    ...(count !== undefined ? { count } : {}),
    ...(usual !== undefined ? { usualScore: usual } : {}),
    ...(setup.menstruates ? { menstruates: setup.menstruates === 'yes' } : {}),
    screening: {
      region: setup.region,
      answers: Object.entries(setup.answers).map(([finding, answer]) => ({
        finding,
        answer: SafetyAnswer_Answer[answer],
      })),
      acknowledged: setup.acknowledged,
    },
    timeZone: phoneZone(),
    locale: locale(),
  });
}

export async function draft(setup: Setup): Promise<ProtocolDraft> {
  return client().api.catalog.draftProtocol(draftRequest(setup));
}

/** The draft with what the person chose beyond it. */
export function chosen(protocol: Protocol, setup: Setup): Protocol {
  const { intervention, design } = protocol;
  if (intervention) {
    if (setup.instruction.trim()) intervention.onInstruction = setup.instruction.trim();
    if (setup.blinded) intervention.offInstruction = setup.offInstruction.trim();
  }
  if (design) {
    if (setup.length) Object.assign(design, setup.length);
    if (setup.blinded) design.blinding = 2; // BLINDED_BY_HELPER
  }
  return protocol;
}

/** Stores the draft with the engine, or replaces the one that is there; answers its name. */
export async function storeDraft(setup: Setup): Promise<string> {
  const { trial } = client().api;
  const { protocol } = await draft(setup);
  if (!protocol) throw new Error('a draft without a protocol');
  const wanted = chosen(protocol, setup);
  if (setup.trial) {
    await trial.updateTrial({ name: setup.trial, protocol: wanted });
    return setup.trial;
  }
  const created = await trial.createTrial({ protocol: wanted });
  return created.name;
}
