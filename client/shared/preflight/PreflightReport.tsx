import './preflight.css';
import { Icon } from '../../components/Icon.js';
import type { ForeseenRunFieldsFragment, PreflightFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { ForeseenRun, formatRange } from './ForeseenRun.js';
import { ForeseenRunFields } from './operations.js';

/** What dispatching would do: the run that delivers, then what would run beside it or take over. */
export function PreflightReport({ found, isOpen }: { found: PreflightFieldsFragment; isOpen: boolean }) {
  const { shadow, fallback } = found;
  return (
    <>
      <ForeseenRun found={readFragment(ForeseenRunFields, found)} isOpen={isOpen} />
      {shadow && (
        <Aside
          title="Shadow run beside it"
          what="Compared with what is delivered. It delivers nothing, and nothing wrong with it holds the order up."
          found={readFragment(ForeseenRunFields, shadow)}
        />
      )}
      {fallback && (
        <Aside
          title="Should the run fail"
          what="The legacy pipeline takes over."
          found={readFragment(ForeseenRunFields, fallback)}
        />
      )}
    </>
  );
}

/** A run that does not deliver, or not yet: folded up. */
function Aside({ title, what, found }: { title: string; what: string; found: ForeseenRunFieldsFragment }) {
  return (
    <details className="preflight-aside">
      <summary>
        {title}
        <span className={`toned tone-${found.isReady ? 'ok' : 'warn'}`}>
          <Icon name={found.isReady ? 'check' : 'alert'} size={14} />
          {found.isReady ? 'ready' : 'not ready'}
        </span>
        <span className="muted">{formatRange(found.duration)}</span>
      </summary>
      <p className="muted">{what}</p>
      <ForeseenRun found={found} isOpen />
    </details>
  );
}
