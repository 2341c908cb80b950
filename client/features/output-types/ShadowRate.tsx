import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Labelled } from '../../components/Labelled.js';

/** Share of the orders that are compared, in percent. */
export function ShadowRate({
  rate,
  isBusy,
  onSave,
}: {
  /** 0..1. */
  rate: number;
  isBusy: boolean;
  onSave: (rate: number) => void;
}) {
  const [text, setText] = useState(String(toPercent(rate)));
  const percent = text.trim() === '' ? Number.NaN : Number(text);
  const fits = percent >= 0 && percent <= 100;
  return (
    <form
      className="rollout-rate"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) onSave(percent / 100);
      }}
    >
      <Labelled label="Share of orders compared (%)" error={fits ? null : 'Give a number from 0 to 100.'}>
        {(ids) => (
          <input
            {...ids}
            className="control numeric"
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Labelled>
      <Button type="submit" needs="operate" isBusy={isBusy} disabled={!fits || percent === toPercent(rate)}>
        Save
      </Button>
    </form>
  );
}

const toPercent = (rate: number) => Math.round(rate * 10_000) / 100;
