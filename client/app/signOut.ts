import { forgetAllDrafts } from '../shared/keptDraft.js';

/** Ends the session and begins anew at the sign-in page; nothing that was loaded stays in the page. */
export async function signOut(): Promise<void> {
  await fetch('/sign-out', { method: 'POST', headers: { 'x-graphql-yoga-csrf': '1' } });
  forgetAllDrafts();
  window.location.assign('/');
}
