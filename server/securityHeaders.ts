import helmet from 'helmet';
import type { Handler } from './chain.js';

/** What a handler sets that sets the same on every answer. */
function recorded(handler: ReturnType<typeof helmet>): [name: string, value: string][] {
  const set: [string, string][] = [];
  const setHeader = (name: string, value: string) => set.push([name, value]);
  handler({} as never, { setHeader, removeHeader() {} } as never, (error) => {
    if (error) throw error;
  });
  return set;
}

const forPages = recorded(
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // React Flow positions its nodes by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        // Textures of a GLB become blob: URLs in the 3D viewer.
        imgSrc: ["'self'", 'blob:', 'data:'],
        connectSrc: ["'self'", 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  }),
);

/** What is no page is never run, framed, or taken for another type. The other headers of pages say nothing of it. */
const forData = recorded(
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    strictTransportSecurity: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
);

/** Asking helmet anew for each answer would take ten times as long. */
const setting =
  (headers: readonly [name: string, value: string][]): Handler =>
  (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };

/** Tells browsers what pages of ours never do. */
export const pageHeaders = setting(forPages);

/** Tells browsers that an answer is data: a small one with all headers of a page is mostly these, and takes a tenth longer. */
export const dataHeaders = setting(forData);
