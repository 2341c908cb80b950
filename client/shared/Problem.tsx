import { Button } from '../components/Button.js';
import { Callout } from '../components/Callout.js';
import type { Problem } from './errors.js';
import { useStatedFailure } from './failedQueries.js';

/** What came of a click stands below what fits on the screen as often as not. */
const intoView = (callout: HTMLElement | null) => callout?.scrollIntoView({ block: 'nearest' });

/** A problem with its sentence, its places and its code. What could not be loaded can be asked for again. */
export function ProblemCallout({ problem, title }: { problem: Problem; title?: string }) {
  const failure = useStatedFailure(problem.error);
  return (
    <Callout
      ref={intoView}
      tone="bad"
      title={title ?? problem.message}
      actions={
        failure && (
          <Button icon="refresh" isBusy={failure.isAsking} onClick={failure.onAsk}>
            Try again
          </Button>
        )
      }
    >
      {title && <p>{problem.message}</p>}
      {problem.issues.length > 0 && (
        <ul className="issue-list">
          {problem.issues.map((issue) => (
            <li key={`${issue.path} ${issue.message}`}>
              {issue.path && <code>{issue.path}</code>} {issue.message}
            </li>
          ))}
        </ul>
      )}
      <p className="muted">
        Code: <code>{problem.code}</code>
      </p>
    </Callout>
  );
}

/** What is wrong, unless the fields of the form say all of it themselves.
 * @param fields - JSON pointers of those that do. */
export function ProblemBesideFields({ problem, fields }: { problem: Problem | null; fields: readonly string[] }) {
  const isSaid = problem && problem.issues.length > 0 && problem.issues.every(({ path }) => fields.includes(path));
  return problem && !isSaid ? <ProblemCallout problem={problem} /> : null;
}
