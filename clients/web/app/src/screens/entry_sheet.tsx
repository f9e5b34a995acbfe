// A note, medicine for an attack, or something that happened: said anew, corrected or removed.
import { create } from '@bufbuild/protobuf';
import {
  DeviationSchema,
  Deviation_Kind,
  EventSchema,
  Event_Grade,
  Event_Type,
  NoteSchema,
  RescueSchema,
  type EntryDraft,
  type HeldEntry,
} from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction } from '../client';
import { clearDraft, keepDraft, readDraft } from '../drafts';
import { text } from '../text/text';
import { Banner, Button, Choices, Field } from '../ui/parts';
import { Sheet } from '../ui/sheet';
import { LaboratoryFields } from './laboratory_fields';

export type SheetKind = { kind: 'note' | 'rescue' | 'event' } | { kind: 'edit'; entry: HeldEntry };

type What = 'side' | 'illness' | 'travel' | 'new' | 'wrong' | 'laboratory' | 'other';

interface Fields {
  words: string;
  doses: string;
  what: What | '';
  grade: '' | '1' | '2' | '3';
  laboratory: string;
  laboratoryValue: string;
}

const types: Record<Exclude<What, 'wrong'>, Event_Type> = {
  side: Event_Type.SIDE_EFFECT,
  illness: Event_Type.ILLNESS,
  travel: Event_Type.TRAVEL,
  new: Event_Type.NEW_TREATMENT,
  laboratory: Event_Type.LABORATORY,
  other: Event_Type.OTHER,
};

const empty: Fields = {
  words: '',
  doses: '1',
  what: '',
  grade: '',
  laboratory: '',
  laboratoryValue: '',
};

export function EntrySheet(props: {
  trial: string;
  date: string;
  what: SheetKind;
  onClose: () => void;
}) {
  const tx = text();
  const { what } = props;
  const edited = what.kind === 'edit' ? what.entry : undefined;
  const form = edited ? formOf(edited) : what.kind;
  const draftKey = `entry/${props.date}/${form}`;
  const [fields, setFields] = useState<Fields>(() =>
    edited ? fieldsOf(edited) : { ...empty, ...readDraft<Fields>(draftKey) },
  );
  const action = useAction();
  const change = (changed: Partial<Fields>) => {
    const next = { ...fields, ...changed };
    setFields(next);
    if (!edited) keepDraft(draftKey, next);
  };
  const leave = () => {
    if (!edited) clearDraft(draftKey);
    props.onClose();
  };
  const content = contentOf(form, fields);
  const save = () => {
    if (!content) return;
    action.run(async () => {
      await client().record({
        trial: props.trial,
        date: edited?.entry.date ?? props.date,
        content,
        ...(edited ? { supersedes: edited.entry.id } : {}),
      });
      leave();
    });
  };
  const remove = () => {
    if (!edited) return;
    action.run(async () => {
      await client().retract(props.trial, edited.entry.id);
      leave();
    });
  };
  const title =
    form === 'note' ? tx.day.note : form === 'rescue' ? tx.day.rescueLong : tx.day.happenedLong;
  return (
    <Sheet title={title} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {form === 'note' && (
          <Field
            label={tx.day.noteLabel}
            multiline
            maxLength={10000}
            value={fields.words}
            onInput={(words) => change({ words })}
          />
        )}
        {form === 'rescue' && (
          <>
            <Field
              label={tx.day.rescueName}
              maxLength={200}
              value={fields.words}
              onInput={(words) => change({ words })}
            />
            <Field
              label={tx.day.rescueDoses}
              inputMode="numeric"
              value={fields.doses}
              onInput={(doses) => change({ doses })}
            />
          </>
        )}
        {form === 'event' && <EventFields fields={fields} onChange={change} />}
        {action.fault && <Banner kind="bad">{action.fault}</Banner>}
        <Button kind="primary" submit busy={action.busy || !content}>
          {tx.save}
        </Button>
        {edited && (
          <Button kind="danger" onClick={remove} busy={action.busy}>
            {tx.remove}
          </Button>
        )}
      </form>
    </Sheet>
  );
}

function EventFields(props: { fields: Fields; onChange: (changed: Partial<Fields>) => void }) {
  const tx = text().day;
  const { fields, onChange } = props;
  return (
    <>
      <Choices<What>
        legend={tx.what}
        showLegend
        value={fields.what || undefined}
        onChange={(what) => onChange({ what })}
        options={[
          { value: 'side', title: tx.sideEffect },
          { value: 'illness', title: tx.illness },
          { value: 'travel', title: tx.travel },
          { value: 'new', title: tx.newTreatment },
          { value: 'wrong', title: tx.wrong },
          { value: 'laboratory', title: tx.laboratory },
          { value: 'other', title: tx.other },
        ]}
      />
      {fields.what === 'side' && (
        <>
          <Choices<'1' | '2' | '3'>
            legend={tx.howBad}
            showLegend
            value={fields.grade || undefined}
            onChange={(grade) => onChange({ grade })}
            options={[
              { value: '1', title: tx.mild },
              { value: '2', title: tx.moderate },
              { value: '3', title: tx.severe },
            ]}
          />
          {fields.grade === '3' && <Banner kind="warn">{tx.severeHint}</Banner>}
        </>
      )}
      {fields.what === 'laboratory' && (
        <LaboratoryFields
          id={fields.laboratory}
          value={fields.laboratoryValue}
          onId={(laboratory) => onChange({ laboratory })}
          onValue={(laboratoryValue) => onChange({ laboratoryValue })}
        />
      )}
      <Field
        label={tx.words}
        maxLength={1000}
        value={fields.words}
        onInput={(words) => onChange({ words })}
      />
    </>
  );
}

function formOf(held: HeldEntry): 'note' | 'rescue' | 'event' {
  const kind = held.entry.content.case;
  return kind === 'note' || kind === 'rescue' ? kind : 'event';
}

function fieldsOf(held: HeldEntry): Fields {
  const { content } = held.entry;
  switch (content.case) {
    case 'note':
      return { ...empty, words: content.value.text };
    case 'rescue':
      return { ...empty, words: content.value.name, doses: String(content.value.doses ?? 1) };
    case 'deviation':
      return { ...empty, words: content.value.text, what: 'wrong' };
    case 'event': {
      const what = (Object.keys(types) as (keyof typeof types)[]).find(
        (key) => types[key] === content.value.type,
      );
      return {
        ...empty,
        what: what ?? 'other',
        grade: content.value.grade ? (String(content.value.grade) as Fields['grade']) : '',
        words: content.value.text,
        laboratory: content.value.laboratoryId,
        laboratoryValue: content.value.laboratoryValue?.toString() ?? '',
      };
    }
    default:
      return empty;
  }
}

/** Undefined while something that every engine asks for is missing. */
function contentOf(form: string, fields: Fields): EntryDraft['content'] | undefined {
  const words = fields.words.trim();
  if (form === 'note') {
    return words ? { case: 'note', value: create(NoteSchema, { text: words }) } : undefined;
  }
  if (form === 'rescue') {
    const doses = Number(fields.doses);
    if (!words || !Number.isInteger(doses)) return undefined;
    return { case: 'rescue', value: create(RescueSchema, { name: words, doses }) };
  }
  if (fields.what === '') return undefined;
  if (fields.what === 'wrong') {
    if (!words) return undefined;
    return {
      case: 'deviation',
      value: create(DeviationSchema, { kind: Deviation_Kind.WRONG_TREATMENT, text: words }),
    };
  }
  const side = fields.what === 'side';
  const laboratory = fields.what === 'laboratory';
  const value = Number(fields.laboratoryValue.replace(',', '.'));
  if (side && !fields.grade) return undefined;
  if (fields.what === 'other' && !words) return undefined;
  if (laboratory && (!fields.laboratory || !fields.laboratoryValue || !Number.isFinite(value))) {
    return undefined;
  }
  return {
    case: 'event',
    value: create(EventSchema, {
      type: types[fields.what],
      grade: side ? (Number(fields.grade) as Event_Grade) : Event_Grade.UNSPECIFIED,
      text: words,
      ...(laboratory ? { laboratoryId: fields.laboratory, laboratoryValue: value } : {}),
    }),
  };
}
