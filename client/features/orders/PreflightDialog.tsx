import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Loading } from '../../components/EmptyState.js';
import { formatMoney } from '../../components/format.js';
import { useNotify } from '../../components/Notices.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { formatRange } from '../../shared/preflight/ForeseenRun.js';
import { PreflightFields } from '../../shared/preflight/operations.js';
import { PreflightReport } from '../../shared/preflight/PreflightReport.js';
import { useRequestKey } from '../../shared/useRequestKey.js';
import { DispatchLines, LinePreflightQuery, OrderPreflightQuery } from './operations.js';

interface Subject {
  /** Global id of an order, or of one of its lines. */
  id: string;
  kind: 'order' | 'line';
  title: string;
}

/** The preflights of one line, or of every line that would be started, and their sum. */
function usePreflight({ id, kind }: Subject) {
  const isOrder = kind === 'order';
  const [order, askOrder] = useQuery({
    query: OrderPreflightQuery,
    variables: { id },
    pause: !isOrder,
    requestPolicy: 'network-only',
  });
  const [line, askLine] = useQuery({
    query: LinePreflightQuery,
    variables: { id },
    pause: isOrder,
    requestPolicy: 'network-only',
  });
  const { fetching, error } = isOrder ? order : line;
  const result = isOrder ? order.data?.preflightOrder : line.data?.preflight;
  const lines =
    result?.__typename === 'OrderPreflight' ? result.lines : result?.__typename === 'Preflight' ? [result] : null;
  const sum = result?.__typename === 'OrderPreflight' ? result : null;
  return {
    lines,
    sum,
    fetching,
    problem: result || error ? problemOf(result, error) : null,
    askAgain: () => (isOrder ? askOrder : askLine)({ requestPolicy: 'network-only' }),
  };
}

/** Shows what dispatching would do, and does it. */
export function PreflightDialog({
  subject,
  onClose,
  onDispatched,
}: {
  subject: Subject;
  onClose: () => void;
  onDispatched: () => void;
}) {
  const { lines, sum, fetching, problem: refusal, askAgain } = usePreflight(subject);
  const notify = useNotify();
  const navigate = useNavigate();
  const keyOf = useRequestKey();
  const [dispatching, dispatch] = useMutation(DispatchLines);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [refused, setRefused] = useState<{ id: string; message: string }[]>([]);
  const isReady = lines?.every((line) => readFragment(PreflightFields, line).isReady) ?? false;

  const submit = async () => {
    const orderLineIds = (lines ?? []).flatMap(({ orderLine }) => orderLine?.id ?? []);
    const { data, error } = await dispatch({ input: { orderLineIds, idempotencyKey: keyOf(orderLineIds) } });
    const result = data?.dispatchOrderLines;
    const failed = problemOf(result, error);
    setProblem(failed);
    if (failed || result?.__typename !== 'DispatchBatch') return;
    onDispatched();
    const left = result.lines.flatMap(({ orderLineId, result: one }) => {
      const refusal = problemOf(one, undefined);
      return refusal ? [{ id: orderLineId, message: refusal.message }] : [];
    });
    setRefused(left);
    if (left.length > 0) return;
    const { started } = result;
    notify({
      text: `${started} ${started === 1 ? 'run was' : 'runs were'} started.`,
      act: { label: 'Watch', onAct: () => navigate('/runs') },
    });
    onClose();
  };

  return (
    <Dialog
      size="lg"
      title={subject.title}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          {sum && (
            <p className="preflight-sum">
              {sum.total.length > 0 && <strong className="numeric">{sum.total.map(formatMoney).join(' + ')}</strong>}
              <span className="muted numeric"> {formatRange(sum.duration)}</span>
            </p>
          )}
          <Button icon="refresh" look="quiet" isBusy={fetching} onClick={askAgain}>
            Check again
          </Button>
          <SubmitButtons
            icon="play"
            isBusy={dispatching.fetching}
            disabled={!lines || lines.length === 0}
            onCancel={onClose}
          >
            {isReady || !lines ? 'Dispatch' : 'Dispatch all the same'}
          </SubmitButtons>
        </>
      }
    >
      {!lines && fetching && <Loading label="Looking at what would run" />}
      {refusal && <ProblemCallout problem={refusal} title="There is nothing to dispatch" />}
      {lines?.map((line) => {
        const found = readFragment(PreflightFields, line);
        const number = line.orderLine?.lineNumber;
        const errors = found.findings.filter(({ severity }) => severity === 'error').length;
        const left = refused.find(({ id }) => id === line.orderLine?.id);
        return (
          <section className="preflight" key={line.orderLine?.id} aria-label={`Line ${number}`}>
            <header>
              <h3>Line {number}</h3>
              {errors === 0 ? (
                <Badge tone="ok" icon="check">
                  Ready
                </Badge>
              ) : (
                <Badge tone="bad" icon="alert">
                  {errors === 1 ? '1 problem' : `${errors} problems`}
                </Badge>
              )}
              {found.mode === 'legacy' && <Badge tone="calm">Legacy pipeline</Badge>}
              <span className="numeric preflight-price">
                {found.price ? formatMoney(found.price) : <span className="muted">Price on request</span>}
              </span>
            </header>
            {left && <p className="field-error">Not started: {left.message}</p>}
            <PreflightReport found={found} isOpen={lines.length === 1} />
          </section>
        );
      })}
      {problem && <ProblemCallout problem={problem} title="Nothing was dispatched" />}
    </Dialog>
  );
}
