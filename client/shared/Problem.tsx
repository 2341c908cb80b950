import { Callout } from '../components/Callout.js';
import type { Problem } from './errors.js';

/** A problem with its sentence, its places and its code. */
export function ProblemCallout({ problem, title }: { problem: Problem; title?: string }) {
  return (
    <Callout tone="bad" title={title ?? problem.message}>
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
