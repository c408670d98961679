import { Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { SuppressionJson, WindowJson } from '../api/types.ts';
import { WindowsField } from './windows-field.tsx';

const units: Readonly<Record<string, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
const creatorKey = 'skopos-creator';

/** Who holds something back, why, and until when: what silences and exceptions have in common. */
interface Decision {
  /** null: no end. */
  readonly endsAtMs: number | null;
  readonly createdBy: string;
  readonly owner: string;
  readonly reason: string;
  readonly windows: readonly WindowJson[];
  readonly noticeMs: number;
}

type Known = Pick<
  SuppressionJson,
  'endsAtMs' | 'isEndless' | 'createdBy' | 'owner' | 'reason' | 'windows' | 'noticeMs' | 'state'
>;

export type DecisionForm = ReturnType<typeof useDecision>;

/** The state of {@link DecisionFields}. */
export function useDecision(
  known?: Known,
  span: { readonly amount: number; readonly unit: string } = twoHours,
) {
  const [amount, setAmount] = useState<number | string>(known === undefined ? span.amount : '');
  const [unit, setUnit] = useState(span.unit);
  const [isEndless, setEndless] = useState(known?.isEndless ?? false);
  const [owner, setOwner] = useState(known?.owner ?? '');
  const [creator, setCreator] = useState(() => known?.createdBy ?? localStorage.getItem(creatorKey) ?? '');
  const [reason, setReason] = useState(known?.reason ?? '');
  const [notice, setNotice] = useState(String(known?.noticeMs ?? 3_600_000));
  const [windows, setWindows] = useState<readonly WindowJson[]>(known?.windows ?? []);
  const [openedMs] = useState(() => Date.now());
  const keepsEnd = amount === '' && known !== undefined && known.state !== 'expired';
  const endsAtMs = keepsEnd ? known.endsAtMs : openedMs + Number(amount) * (units[unit] ?? 3_600_000);
  const decision: Decision = {
    endsAtMs: isEndless ? null : endsAtMs,
    createdBy: creator.trim(),
    owner: owner.trim(),
    reason: reason.trim(),
    windows,
    noticeMs: isEndless ? 0 : Number(notice),
  };
  return {
    fields: { amount, unit, isEndless, owner, creator, reason, notice, windows, keepsEnd },
    set: { setAmount, setUnit, setEndless, setOwner, setCreator, setReason, setNotice, setWindows },
    decision,
    isComplete:
      decision.createdBy !== '' && decision.reason !== '' && (isEndless || keepsEnd || amount !== ''),
    /** Whoever makes one most often makes the next. */
    remember: () => localStorage.setItem(creatorKey, decision.createdBy),
  };
}

const twoHours = { amount: 2, unit: 'hours' } as const;
const notices = [
  { value: '0', label: 'No' },
  { value: '900000', label: '15 minutes before' },
  { value: '3600000', label: '1 hour before' },
  { value: '86400000', label: '1 day before' },
  { value: '604800000', label: '7 days before' },
];

export function DecisionFields({ form }: { readonly form: DecisionForm }): ReactElement {
  const { fields, set } = form;
  const { isEndless, notice } = fields;
  return (
    <>
      <NumberInput
        label="For how long, from now"
        placeholder={fields.keepsEnd ? 'as it is' : ''}
        min={1}
        value={fields.amount}
        disabled={isEndless}
        onChange={set.setAmount}
      />
      <Select
        label="Unit"
        data={Object.keys(units)}
        value={fields.unit}
        disabled={isEndless}
        allowDeselect={false}
        onChange={(value) => set.setUnit(value ?? 'hours')}
      />
      <Checkbox
        className="wide"
        label="It has no end"
        checked={isEndless}
        onChange={(event) => set.setEndless(event.currentTarget.checked)}
      />
      <TextInput
        label="Made by"
        value={fields.creator}
        onChange={(event) => set.setCreator(event.currentTarget.value)}
        required
      />
      <TextInput
        label="Owner"
        description="Who answers for it"
        inputWrapperOrder={['label', 'input', 'description']}
        value={fields.owner}
        onChange={(event) => set.setOwner(event.currentTarget.value)}
      />
      <Textarea
        className="wide"
        label="Reason"
        autosize
        minRows={2}
        value={fields.reason}
        onChange={(event) => set.setReason(event.currentTarget.value)}
        required
      />
      <Select
        label="Say so before it ends"
        data={
          notices.some(({ value }) => value === notice)
            ? notices
            : [...notices, { value: notice, label: 'As it is' }]
        }
        value={notice}
        disabled={isEndless}
        allowDeselect={false}
        onChange={(value) => set.setNotice(value ?? '0')}
      />
      <WindowsField windows={fields.windows} onChange={set.setWindows} />
    </>
  );
}

/** What should be confirmed before it is saved. */
export function Warnings({
  warnings,
  isConfirmed,
  onConfirm,
}: {
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  readonly isConfirmed: boolean;
  readonly onConfirm: (isConfirmed: boolean) => void;
}): ReactElement | null {
  if (warnings.length === 0) return null;
  return (
    <div className="warning stack tight" role="alert">
      {warnings.map(({ code, text }) => (
        <p key={code}>{text}</p>
      ))}
      <Checkbox
        label="I have seen this, and mean it"
        checked={isConfirmed}
        onChange={(event) => onConfirm(event.currentTarget.checked)}
      />
    </div>
  );
}
