import { useCallback, useContext, useEffect, useRef, useState } from 'react';
import { NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { useQuery } from 'urql';
import { AccessContext } from '../components/access.js';
import { IconButton } from '../components/Button.js';
import { DialogNoteContext } from '../components/Dialog.js';
import { Icon, type IconName } from '../components/Icon.js';
import { Notices } from '../components/Notices.js';
import type { WorkerStateFragment } from '../gql/graphql.js';
import { graphql, readFragment } from '../gql/index.js';
import { useAskAgain } from '../shared/useAskAgain.js';
import { problemsOf, WORKERS_MS, WorkerState } from '../shared/workforce.js';
import { useIsDisconnected } from './connection.js';
import { KeyHelp } from './KeyHelp.js';
import { useKeptFocus } from './keptFocus.js';
import { LoadFailures, useAskingAgain } from './LoadFailures.js';
import { signOut } from './signOut.js';
import { THEMES, type Theme, useTheme } from './theme.js';
import { usePageKeys } from './usePageKeys.js';

const ShellQuery = graphql(`
  query Shell {
    viewer {
      name
    }
    workers {
      ...WorkerState
    }
  }
`);

const PLACES: { to: string; label: string; icon: IconName }[] = [
  { to: '/runs', label: 'Runs', icon: 'play' },
  { to: '/workflows', label: 'Workflows', icon: 'flow' },
  { to: '/orders', label: 'Orders', icon: 'inbox' },
  { to: '/catalogue/out-of-date', label: 'Out of date', icon: 'clock' },
  { to: '/library', label: 'Library', icon: 'library' },
  { to: '/materials', label: 'Materials', icon: 'palette' },
  { to: '/templates', label: 'Templates', icon: 'camera' },
  { to: '/output-types', label: 'Output types', icon: 'tag' },
];

const ADMIN: (typeof PLACES)[number] = { to: '/admin', label: 'Admin', icon: 'shield' };

const THEME_LOOK: Record<Theme, { icon: IconName; label: string }> = {
  system: { icon: 'system', label: 'Theme of the device' },
  light: { icon: 'sun', label: 'Light theme' },
  dark: { icon: 'moon', label: 'Dark theme' },
};

function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return (
    <fieldset className="theme-switch">
      <legend className="visually-hidden">Theme</legend>
      {THEMES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === theme}
          aria-label={THEME_LOOK[each].label}
          title={THEME_LOOK[each].label}
          onClick={() => setTheme(each)}
        >
          <Icon name={THEME_LOOK[each].icon} size={14} />
        </button>
      ))}
    </fieldset>
  );
}

/** Brings keyboard and screen reader to the new page after a change of place. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [pathname]);
}

/** The menu of small screens: closed by Escape and by going somewhere. */
function useMenu() {
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [pathname]);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && setOpen(false);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen(!isOpen) };
}

/** Whether somebody is there to do the work, and can. */
function WorkersPlace({ workers }: { workers: readonly WorkerStateFragment[] }) {
  const alive = workers.filter((worker) => worker.isAlive);
  const limited = alive.filter((worker) => problemsOf(worker).length > 0).length;
  const count = `${alive.length} ${alive.length === 1 ? 'worker' : 'workers'}`;
  const look = alive.length === 0 ? 'is-bad' : limited > 0 ? 'is-limited' : '';
  return (
    <NavLink to="/workers" className={`worker-state ${look}`}>
      <Icon name={look ? 'alert' : 'zap'} size={14} />
      {alive.length === 0 ? 'No worker is running' : `${count}${limited > 0 ? `, ${limited} limited` : ' ready'}`}
    </NavLink>
  );
}

/** The frame of every page: places on the left, the page, and a notice while the live connection is cut. */
export function Shell() {
  const isDisconnected = useIsDisconnected();
  useFocusOnArrival();
  useKeptFocus();
  const menu = useMenu();
  const [isHelping, setHelping] = useState(false);
  usePageKeys(useCallback(() => setHelping(true), []));
  const access = useContext(AccessContext);
  const places = access?.scopes.includes('admin') ? [...PLACES, ADMIN] : PLACES;
  const [{ data }, refetch] = useQuery({ query: ShellQuery, requestPolicy: 'cache-and-network' });
  useAskAgain(refetch, WORKERS_MS);
  useAskingAgain();
  const failures = <LoadFailures isDisconnected={isDisconnected} />;
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <aside className={`sidebar ${menu.isOpen ? 'is-open' : ''}`}>
        <div className="brand">
          <span className="brand-mark">
            <Icon name="cube" size={18} />
          </span>
          HartOMat
        </div>
        <IconButton
          icon={menu.isOpen ? 'close' : 'menu'}
          label="Menu"
          className="menu-button"
          aria-expanded={menu.isOpen}
          onClick={menu.toggle}
        />
        <nav aria-label="Main">
          <ul>
            {places.map(({ to, label, icon }) => (
              <li key={to}>
                <NavLink to={to} className="place">
                  <Icon name={icon} />
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="sidebar-foot">
          {data && <WorkersPlace workers={readFragment(WorkerState, data.workers)} />}
          <div className="sidebar-row">
            <span className="who">
              <span className="truncate">{data?.viewer.name}</span>
              <span className="muted">{access?.role}</span>
            </span>
            <IconButton icon="signOut" label="Sign out" onClick={signOut} />
          </div>
          <div className="sidebar-row">
            <ThemeSwitch />
            <IconButton icon="help" label="Keyboard" aria-keyshortcuts="?" onClick={() => setHelping(true)} />
          </div>
        </div>
      </aside>
      <div className="stage">
        {isDisconnected && (
          <p className="cut-notice" role="status">
            <span className="spinner" aria-hidden="true" />
            The connection to the server is lost. What you see may be out of date; it catches up as soon as the server
            answers.
          </p>
        )}
        {failures}
        <DialogNoteContext value={failures}>
          <Notices>
            <Outlet />
          </Notices>
        </DialogNoteContext>
      </div>
      {isHelping && <KeyHelp onClose={() => setHelping(false)} />}
      <ScrollRestoration />
    </div>
  );
}
