import './rollout.css';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { useMutation } from 'urql';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { Loading } from '../../components/EmptyState.js';
import { FileInput } from '../../components/FileInput.js';
import { Icon } from '../../components/Icon.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { Reserved } from '../../shared/Reserved.js';
import { ImportGuide } from './ImportGuide.js';
import { type ImportReport, ImportRows } from './ImportRows.js';
import { ImportLegacyOutputTypes } from './rolloutOperations.js';

const MAX_BYTES = 5_000_000;
const types = (count: number) => `${count} output ${count === 1 ? 'type' : 'types'}`;

/** Takes an export of old output types in: first what would happen, then doing it. */
export function Component() {
  const [file, setFile] = useState<{ name: string; content: string } | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isOver, setOver] = useState(false);
  const [{ fetching }, run] = useMutation(ImportLegacyOutputTypes);
  const input = useRef<HTMLInputElement>(null);

  const send = async (content: string, isDryRun: boolean) => {
    const { data, error } = await run({ input: { content, isDryRun } });
    const result = data?.importLegacyOutputTypes;
    setProblem(problemOf(result, error));
    setReport(result?.__typename === 'LegacyImport' ? result : null);
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    setReport(null);
    setFile(null);
    if (chosen.size > MAX_BYTES)
      return setProblem({ code: 'FILE_TOO_LARGE', message: `“${chosen.name}” is larger than 5 MB.`, issues: [] });
    const content = await chosen.text();
    setFile({ name: chosen.name, content });
    await send(content, true);
  };

  return (
    <main id="main" tabIndex={-1}>
      <title>Import old output types · HartOMat</title>
      <div className="page">
        <header className="page-header">
          <h1>
            <Link to="/output-types" className="crumb">
              Output types
            </Link>{' '}
            / Import old ones
          </h1>
        </header>
        <Reserved needs="author" home={{ to: '/output-types', label: 'Go to the output types' }}>
          <section
            aria-label="Choose an export"
            className={`drop-zone ${isOver ? 'is-over' : ''}`}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              choose(event.dataTransfer.files[0]);
            }}
          >
            <div className="drop-words">
              <Icon name="upload" size={20} />
              <p>
                <strong>{file ? file.name : 'Drop an export here'}</strong>
                <span className="muted"> (.csv or .json, up to 5 MB and 1,000 rows)</span>
              </p>
              <Button needs="author" isBusy={fetching} onClick={() => input.current?.click()}>
                Choose a file
              </Button>
              <FileInput
                ref={input}
                label="Export of old output types"
                accept=".csv,.json,.tsv,text/csv,application/json"
                onChoose={choose}
              />
            </div>
          </section>
          {fetching && !report && <Loading label="Reading the export" />}
          {problem && <ProblemCallout problem={problem} title="The export was not taken in" />}
          {!report && !fetching && <ImportGuide />}
          {report && file && (
            <>
              <Summary report={report} isBusy={fetching} onImport={() => send(file.content, false)} />
              <ImportRows report={report} />
            </>
          )}
        </Reserved>
      </div>
    </main>
  );
}

function Summary({ report, isBusy, onImport }: { report: ImportReport; isBusy: boolean; onImport: () => void }) {
  const { isDryRun, createdCount, unchangedCount, failedCount } = report;
  const rest = [
    unchangedCount > 0 && `${unchangedCount} imported before, left as they are`,
    failedCount > 0 && `${failedCount} that do not fit, left out`,
  ].filter(Boolean);
  if (!isDryRun)
    return (
      <Callout tone="ok" title={`${types(createdCount)} imported`} actions={<Link to="/output-types">Show them</Link>}>
        <p>{rest.length > 0 ? `${rest.join('; ')}.` : 'They are produced by the legacy pipeline.'}</p>
      </Callout>
    );
  return (
    <Callout
      tone={failedCount > 0 ? 'warn' : 'busy'}
      title={createdCount > 0 ? `${types(createdCount)} can be imported` : 'There is nothing to import'}
      actions={
        createdCount > 0 && (
          <Button look="primary" needs="author" isBusy={isBusy} onClick={onImport}>
            Import {types(createdCount)}
          </Button>
        )
      }
    >
      <p>{rest.length > 0 ? `${rest.join('; ')}.` : 'Nothing has been written yet.'}</p>
    </Callout>
  );
}
