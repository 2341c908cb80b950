import { Callout } from '../components/Callout.js';
import type { Problem } from './errors.js';

/** What came of a click stands below what fits on the screen as often as not. */
const intoView = (callout: HTMLElement | null) => callout?.scrollIntoView({ block: 'nearest' });

/** A problem with its sentence, its places and its code. */
export function ProblemCallout({ problem, title }: { problem: Problem; title?: string }) {
  return (
    <Callout ref={intoView} tone="bad" title={title ?? problem.message}>
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
